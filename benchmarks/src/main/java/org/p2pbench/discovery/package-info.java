// SPDX-License-Identifier: Apache-2.0
/**
 * From a path, device, address or serial to the NVMe controller behind it and its CMB, by reading
 * /sys and /proc. {@link org.p2pbench.discovery.DeviceDiscovery} is the door.
 */
package org.p2pbench.discovery;
