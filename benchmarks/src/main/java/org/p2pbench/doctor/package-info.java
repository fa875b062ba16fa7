// SPDX-License-Identifier: Apache-2.0
/**
 * Why peer-to-peer works on this machine, or what to change: the kernel's own verdict for each pair
 * of devices, worked out from sysfs before any I/O, and checks of everything that the path and a
 * measurement of it rest on. {@link org.p2pbench.doctor.Doctor} is the door; nothing is written.
 */
package org.p2pbench.doctor;
