// SPDX-License-Identifier: Apache-2.0
/** NUMA nodes: which there are, which one is near a device, and which CPUs belong to it. */
package org.p2pbench.numa;
