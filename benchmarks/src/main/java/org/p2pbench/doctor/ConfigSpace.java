// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * As much of a PCI function's configuration space as this process may read: all with root rights,
 * the first 64 bytes without. Immutable.
 *
 * @param portType what the function is on PCI Express
 * @param acs its access control
 */
public record ConfigSpace(PortType portType, Acs acs) {
  /** Device/port type of the PCI Express capability. */
  public enum PortType {
    /** A device at the end of a link. */
    ENDPOINT("endpoint"),
    /** A port of the root complex. */
    ROOT_PORT("root port"),
    /** A switch's port towards the root. */
    UPSTREAM("switch, upstream port"),
    /** A switch's port towards devices. */
    DOWNSTREAM("switch, downstream port"),
    /** Something else that has the capability. */
    OTHER("PCI Express function"),
    /** No PCI Express capability. */
    CONVENTIONAL("conventional PCI"),
    /** Not to be seen without root rights. */
    UNSEEN("type not visible without root");

    private final String words;

    PortType(String words) {
      this.words = words;
    }

    /** In words. */
    public String words() {
      return words;
    }
  }

  private static final int UNPRIVILEGED_BYTES = 64;
  private static final int CONVENTIONAL_BYTES = 256;
  private static final int CAPABILITY_POINTER = 0x34;
  private static final int CAPABILITY_PCIE = 0x10;
  private static final int EXTENDED_ACS = 0x000d;
  private static final int ACS_CONTROL = 6;
  // More capabilities than fit: what a broken list may loop through.
  private static final int MOST_CAPABILITIES = 1024;

  /** Nothing to be seen. */
  static final ConfigSpace UNSEEN = new ConfigSpace(PortType.UNSEEN, Acs.HIDDEN);

  /** Reads a function's config file. */
  static ConfigSpace read(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      long wholeBytes = Files.size(file);
      return of(bytes, Math.max(wholeBytes, bytes.length));
    } catch (IOException | SecurityException unreadable) {
      return UNSEEN;
    }
  }

  /**
   * @param bytes what could be read
   * @param wholeBytes size of the whole space: 256 where there are no extended capabilities
   */
  static ConfigSpace of(byte[] bytes, long wholeBytes) {
    PortType type = bytes.length <= UNPRIVILEGED_BYTES ? PortType.UNSEEN : portType(bytes);
    if (wholeBytes == CONVENTIONAL_BYTES) {
      return new ConfigSpace(type, Acs.NONE);
    }
    return new ConfigSpace(type, bytes.length > CONVENTIONAL_BYTES ? acs(bytes) : Acs.HIDDEN);
  }

  private static PortType portType(byte[] bytes) {
    int at = bytes[CAPABILITY_POINTER] & 0xfc;
    for (int seen = 0; at != 0 && at + 3 < bytes.length && seen < MOST_CAPABILITIES; seen++) {
      if ((bytes[at] & 0xff) == CAPABILITY_PCIE) {
        return portType(bytes[at + 2] >> 4 & 0xf);
      }
      at = bytes[at + 1] & 0xfc;
    }
    return PortType.CONVENTIONAL;
  }

  private static PortType portType(int code) {
    return switch (code) {
      case 0x0, 0x1 -> PortType.ENDPOINT;
      case 0x4 -> PortType.ROOT_PORT;
      case 0x5 -> PortType.UPSTREAM;
      case 0x6 -> PortType.DOWNSTREAM;
      default -> PortType.OTHER;
    };
  }

  private static Acs acs(byte[] bytes) {
    int at = CONVENTIONAL_BYTES;
    for (int seen = 0; at >= CONVENTIONAL_BYTES && seen < MOST_CAPABILITIES; seen++) {
      if (at + ACS_CONTROL + 1 >= bytes.length) {
        return Acs.NONE;
      }
      int header = word(bytes, at) | word(bytes, at + 2) << 16;
      if (header == 0 || header == -1) {
        return Acs.NONE;
      } else if ((header & 0xffff) == EXTENDED_ACS) {
        return new Acs(Acs.State.PRESENT, word(bytes, at + ACS_CONTROL));
      }
      at = header >>> 20 & 0xffc;
    }
    return Acs.NONE;
  }

  private static int word(byte[] bytes, int at) {
    return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
  }
}
