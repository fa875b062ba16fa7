// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.p2pbench.discovery.FakeMachine;
import org.p2pbench.discovery.PciAddress;

/**
 * Builds the /sys and /proc of a machine with PCI, configuration space included, in a directory:
 * for topologies that tests do not run on.
 */
final class PciMachine {
  static final int NO_ACS = -1;
  static final int ACS_OFF = 0;
  static final int ACS_REDIRECT = 0x1d;

  private static final int CONFIG_BYTES = 4096;
  private static final int ENDPOINT = 0;
  private static final int ROOT_PORT = 4;
  private static final int UPSTREAM = 5;
  private static final int DOWNSTREAM = 6;

  private final Path root;
  private final FakeMachine machine;
  private int configBytes = CONFIG_BYTES;

  PciMachine(Path root) {
    this.root = root;
    this.machine = new FakeMachine(root);
    amd(0x19);
    kernel("7.3.4+deb13-amd64");
  }

  /** The rest of the machine. */
  FakeMachine machine() {
    return machine;
  }

  Path path() {
    return root;
  }

  PciMachine amd(int family) {
    return cpu("AuthenticAMD", family);
  }

  PciMachine cpu(String vendor, int family) {
    machine.file(
        "proc/cpuinfo",
        "processor\t: 0\nvendor_id\t: %s\ncpu family\t: %d\nmodel name\t: Example\n\nprocessor\t: 1"
            .formatted(vendor, family));
    return this;
  }

  PciMachine kernel(String release) {
    machine.file("proc/sys/kernel/osrelease", release);
    return this;
  }

  /** From now on functions show what an unprivileged reader sees of configuration space. */
  PciMachine asUser() {
    configBytes = 64;
    return this;
  }

  PciMachine rootPort(String place, int acs) {
    return function(place, "0x060400", "1b36:000c", ROOT_PORT, acs);
  }

  PciMachine upstream(String place, int acs) {
    return function(place, "0x060400", "104c:8232", UPSTREAM, acs);
  }

  PciMachine downstream(String place, int acs) {
    return function(place, "0x060400", "104c:8233", DOWNSTREAM, acs);
  }

  PciMachine drive(String place) {
    return function(place, "0x010802", "1b36:0010", ENDPOINT, NO_ACS);
  }

  /** The function at 00.0 of a root bus that the kernel knows a host bridge by. */
  PciMachine hostBridge(String hostBridge, String ids) {
    String bus = hostBridge.substring("pci".length());
    return function(hostBridge + "/" + bus + ":00.0", "0x060000", ids, ENDPOINT, NO_ACS);
  }

  /**
   * Any function.
   *
   * @param place directories below /sys/devices, such as pci0000:00/0000:00:01.0/0000:01:00.0
   * @param ids vendor and device, 8086:29c0
   */
  PciMachine function(String place, String classCode, String ids, int portType, int acs) {
    String directory = "sys/devices/" + place;
    String address = place.substring(place.lastIndexOf('/') + 1);
    machine.file(directory + "/class", classCode);
    machine.file(directory + "/vendor", "0x" + ids.substring(0, 4));
    machine.file(directory + "/device", "0x" + ids.substring(5));
    machine.link("sys/bus/pci/devices/" + address, directory);
    byte[] config = new byte[configBytes];
    config[0x34] = 0x40;
    if (configBytes == CONFIG_BYTES) {
      config[0x40] = 0x01; // power management, then PCI Express
      config[0x41] = 0x60;
      config[0x60] = 0x10;
      config[0x62] = (byte) (portType << 4 | 2);
      extended(config, acs);
    }
    write(root.resolve(directory).resolve("config"), config);
    return this;
  }

  /** AER at 100h, and where there is one, ACS behind it. */
  private static void extended(byte[] config, int acs) {
    config[0x100] = 0x01;
    config[0x102] = 0x01;
    config[0x103] = (byte) (acs == NO_ACS ? 0x00 : 0x14);
    if (acs != NO_ACS) {
      config[0x140] = 0x0d;
      config[0x142] = 0x01;
      config[0x146] = (byte) acs;
    }
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  PciTopology topology() {
    return PciTopology.read(machine.sys());
  }

  /** The verdict on one drive reaching the other one's memory. */
  PeerPath judge(String provider, String client) {
    PciTopology topology = topology();
    Optional<KernelVersion> kernel =
        org.p2pbench.discovery.KernelFiles.text(machine.proc().resolve("sys/kernel/osrelease"))
            .flatMap(KernelVersion::parse);
    return new PeerRules(topology, HostBridgeList.builtIn(), BootCpu.read(machine.proc()), kernel)
        .judge(
            topology.at(PciAddress.parse(provider)).orElseThrow(),
            topology.at(PciAddress.parse(client)).orElseThrow());
  }

  /** Two drives below a switch: 0000:03:00.0 and 0000:04:00.0. */
  PciMachine twoBelowSwitch(int rootPortAcs, int downstreamAcs) {
    String rootPort = "pci0000:00/0000:00:02.0";
    String upstream = rootPort + "/0000:01:00.0";
    return hostBridge("pci0000:00", "8086:29c0")
        .rootPort(rootPort, rootPortAcs)
        .upstream(upstream, NO_ACS)
        .downstream(upstream + "/0000:02:00.0", downstreamAcs)
        .drive(upstream + "/0000:02:00.0/0000:03:00.0")
        .downstream(upstream + "/0000:02:01.0", downstreamAcs)
        .drive(upstream + "/0000:02:01.0/0000:04:00.0");
  }

  /** Two drives below root ports of their own: 0000:01:00.0 and 0000:02:00.0. */
  PciMachine twoRootPorts(String hostBridgeIds) {
    return hostBridge("pci0000:00", hostBridgeIds)
        .rootPort("pci0000:00/0000:00:02.0", ACS_OFF)
        .drive("pci0000:00/0000:00:02.0/0000:01:00.0")
        .rootPort("pci0000:00/0000:00:03.0", ACS_OFF)
        .drive("pci0000:00/0000:00:03.0/0000:02:00.0");
  }
}
