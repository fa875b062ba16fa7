// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.gate;

/** A member of a policy whose value cannot be used. */
final class BadMember extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String member;

  /**
   * @param member its name, or an entry of it such as {@code required[2]}
   * @param problem a part of a sentence that follows the name, such as "is missing"
   */
  BadMember(String member, String problem) {
    super(member + " " + problem);
    this.member = member;
  }

  /** Where it stands, below the record that has it. */
  String pointer() {
    return "/" + member.replace("[", "/").replace("]", "");
  }
}
