// SPDX-License-Identifier: Apache-2.0
/** What machine, kernel, devices and JVM a run's figures belong to: environment.json. */
package org.p2pbench.environment;
