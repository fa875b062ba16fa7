// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Builds, below a directory, the part of /sys and /proc that a machine of our choice would show:
 * files and relative links as the kernel lays them out. For machines that tests do not run on.
 */
public final class FakeMachine {
  private static final String SWITCH = "devices/pci0000:00/0000:00:1c.0";

  private final Path root;
  private final Path sys;
  private final Path proc;
  private final Map<Path, FileNode> nodes = new HashMap<>();
  private final StringBuilder mounts = new StringBuilder();

  /** An empty machine. */
  public FakeMachine(Path root) {
    this.root = root;
    this.sys = root.resolve("sys");
    this.proc = root.resolve("proc");
    file("proc/self/mountinfo", "");
  }

  /** Discovery on this machine. */
  public DeviceDiscovery discovery() {
    return new DeviceDiscovery(
        sys, proc, root.resolve("dev"), path -> Optional.ofNullable(nodes.get(path)));
  }

  /** Its /sys. */
  public Path sys() {
    return sys;
  }

  /** Its /proc. */
  public Path proc() {
    return proc;
  }

  /** A path of this machine, such as dev/nvme0. */
  public Path path(String relative) {
    return root.resolve(relative);
  }

  /** Writes a file with a line end, as the kernel does. */
  public FakeMachine file(String relative, String text) {
    try {
      Path file = root.resolve(relative);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text + "\n");
      return this;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Makes a relative symbolic link, both paths counted from the machine's root. */
  public FakeMachine link(String relative, String target) {
    try {
      Path link = root.resolve(relative);
      Files.createDirectories(link.getParent());
      Files.createDirectories(root.resolve(target));
      Files.createSymbolicLink(link, link.getParent().relativize(root.resolve(target)));
      return this;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** An NVMe controller below a switch, with one namespace of 1 GiB, number 259:(16 index). */
  public FakeMachine nvme(int index, String address, String serial) {
    String function = function(address, "0x010802");
    String controller = function + "/nvme/nvme" + index;
    file(controller + "/transport", "pcie");
    file(controller + "/model", "Example SSD");
    file(controller + "/serial", serial + "              ");
    file(controller + "/firmware_rev", "1.0");
    link(controller + "/device", function);
    link("sys/class/nvme/nvme" + index, controller);
    file(function + "/numa_node", "-1");
    file(function + "/current_link_speed", "16.0 GT/s PCIe");
    file(function + "/current_link_width", "4");
    link("sys/bus/pci/drivers/nvme/" + address, function);
    return disk(controller + "/nvme" + index + "n1", "259:" + 16 * index, 2097152);
  }

  /** Gives a controller a CMB of 64 MiB in BAR 2, as the kernel offers it. */
  public FakeMachine cmb(int index, String address, boolean published) {
    String function = directory(address);
    cmbRegisters(index, address);
    file(function + "/p2pmem/size", "67108864");
    file(function + "/p2pmem/available", "66977792");
    file(function + "/p2pmem/published", published ? "1" : "0");
    return file(function + "/p2pmem/allocate", "");
  }

  /**
   * Gives a controller the registers of a CMB of 64 MiB in BAR 2, which the kernel does not offer.
   */
  public FakeMachine cmbRegisters(int index, String address) {
    String function = directory(address);
    file(function + "/nvme/nvme" + index + "/cmbsz", String.valueOf(0x4021d));
    file(function + "/nvme/nvme" + index + "/cmbloc", "2");
    return file(
        function + "/resource",
        "0x00000000fe800000 0x00000000fe803fff 0x0000000000140204\n"
            + "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
            + "0x00000000f4000000 0x00000000f7ffffff 0x000000000014220c");
  }

  /** A PCI function below the switch. Returns its directory. */
  public String function(String address, String classCode) {
    String directory = directory(address);
    file("sys/" + SWITCH + "/class", "0x060400");
    file("sys/" + SWITCH + "/vendor", "0x1b36");
    file("sys/" + SWITCH + "/device", "0x000c");
    file(directory + "/class", classCode);
    file(directory + "/vendor", "0x1b36");
    file(directory + "/device", "0x0010");
    if (Files.notExists(root.resolve("sys/bus/pci/devices/0000:00:1c.0"))) {
      link("sys/bus/pci/devices/0000:00:1c.0", "sys/" + SWITCH);
    }
    link("sys/bus/pci/devices/" + address, directory);
    return directory;
  }

  /** A disk; its directory gives its name. */
  public FakeMachine disk(String directory, String number, long sectors) {
    file(directory + "/queue/logical_block_size", "512");
    file(directory + "/queue/scheduler", "[none] mq-deadline");
    return device(directory, number, sectors);
  }

  /** A partition in its disk's directory, half a GiB. */
  public FakeMachine partition(String directory, String number) {
    String name = directory.substring(directory.lastIndexOf('/') + 1);
    file(directory + "/partition", name.replaceAll(".*\\D", ""));
    return device(directory, number, 1048576);
  }

  /** A stacked device over others, by their directories: dm when the name begins so, else md. */
  public FakeMachine stack(String name, String number, String... below) {
    String directory = "sys/devices/virtual/block/" + name;
    disk(directory, number, 2097152);
    file(directory + (name.startsWith("dm") ? "/dm/name" : "/md/level"), "x");
    for (String slave : below) {
      String slaveName = slave.substring(slave.lastIndexOf('/') + 1);
      link(directory + "/slaves/" + slaveName, slave);
      link(slave + "/holders/" + name, directory);
    }
    return this;
  }

  /** Directory of a controller's namespace. */
  public String namespace(int index, String address) {
    return directory(address) + "/nvme/nvme" + index + "/nvme" + index + "n1";
  }

  /** A file that lies on a device. */
  public FakeMachine regular(Path path, String device) {
    nodes.put(path, node(FileNode.Kind.FILE, device, "0:0"));
    return this;
  }

  /** The node of a block device. */
  public FakeMachine node(Path path, String number) {
    nodes.put(path, node(FileNode.Kind.BLOCK_DEVICE, "0:6", number));
    return this;
  }

  /** Adds a mount to this process's mountinfo. */
  public FakeMachine mount(String number, String point, String filesystem, String source) {
    mounts.append(
        String.format("1 0 %s / %s rw,relatime - %s %s rw%n", number, point, filesystem, source));
    return file("proc/self/mountinfo", mounts.toString());
  }

  private FileNode node(FileNode.Kind kind, String device, String special) {
    return new FileNode(
        kind,
        DeviceNumber.parse(device).orElseThrow(),
        nodes.size() + 1L,
        DeviceNumber.parse(special).orElseThrow(),
        4096);
  }

  private FakeMachine device(String directory, String number, long sectors) {
    String name = directory.substring(directory.lastIndexOf('/') + 1);
    file(directory + "/dev", number);
    file(directory + "/size", String.valueOf(sectors));
    file(directory + "/ro", "0");
    link("sys/class/block/" + name, directory);
    return link("sys/dev/block/" + number, directory);
  }

  private static String directory(String address) {
    return "sys/" + SWITCH + "/" + address;
  }
}
