// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
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

  /** Lets the nvme driver have the drive at a place: controller and namespace nvmeXn1. */
  PciMachine controller(int index, String place) {
    String directory = "sys/devices/" + place;
    String name = "nvme" + index;
    String controller = directory + "/nvme/" + name;
    machine.file(controller + "/transport", "pcie");
    machine.file(controller + "/model", "Example SSD");
    machine.file(controller + "/serial", "S" + index);
    machine.link("sys/class/nvme/" + name, controller);
    machine.link(controller + "/device", directory);
    machine.disk(controller + "/" + name + "n1", "259:" + index, 2097152);
    machine.node(Path.of("/dev/" + name + "n1"), "259:" + index);
    return this;
  }

  /** Gives a controller the registers of a CMB in BAR 2. */
  PciMachine statesCmb(int index, String place, int mebibytes) {
    String directory = "sys/devices/" + place;
    long cmbsz = (long) mebibytes * 256 << 12 | 0x1d;
    machine.file(directory + "/nvme/nvme" + index + "/cmbsz", Long.toString(cmbsz));
    machine.file(directory + "/nvme/nvme" + index + "/cmbloc", "98");
    machine.file(
        directory + "/resource",
        "0x00000000fe800000 0x00000000fe803fff 0x0000000000140204\n"
            + "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
            + "0x00000000f4000000 0x%016x 0x000000000014220c"
                .formatted(0xf4000000L + ((long) mebibytes << 20) - 1));
    return this;
  }

  /** Gives a controller a CMB of 64 MiB that the kernel offers. */
  PciMachine cmb(int index, String place) {
    String pool = "sys/devices/" + place + "/p2pmem";
    statesCmb(index, place, 64);
    machine.file(pool + "/size", "67108864");
    machine.file(pool + "/available", "66977792");
    machine.file(pool + "/published", "1");
    machine.file(pool + "/allocate", "");
    return this;
  }

  /** Two drives below a switch, the second with a CMB; the kernel offers it. */
  PciMachine switchWithCmb(int downstreamAcs) {
    String upstream = "pci0000:00/0000:00:02.0/0000:01:00.0";
    return twoBelowSwitch(ACS_OFF, downstreamAcs)
        .controller(0, upstream + "/0000:02:00.0/0000:03:00.0")
        .controller(1, upstream + "/0000:02:01.0/0000:04:00.0")
        .cmb(1, upstream + "/0000:02:01.0/0000:04:00.0");
  }

  Diagnosis diagnose(Question question) {
    return doctor().diagnose(question);
  }

  /** The doctor, in a process that may use io_uring. */
  Doctor doctor() {
    return new Doctor(
        machine.discovery(),
        new Doctor.Roots(
            machine.sys(),
            machine.proc(),
            root.resolve("dev"),
            root.resolve("boot"),
            root.resolve("modules"),
            root.resolve("etc")),
        new Doctor.Process(Optional::empty, path -> OptionalInt.of(512)));
  }
}
