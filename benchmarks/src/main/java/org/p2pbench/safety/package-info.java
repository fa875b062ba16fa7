// SPDX-License-Identifier: Apache-2.0
/**
 * Keeps the user's data whole: {@link org.p2pbench.safety.TargetGuard} decides what may be written,
 * {@link org.p2pbench.safety.ScratchFiles} makes fresh files and removes them.
 */
package org.p2pbench.safety;
