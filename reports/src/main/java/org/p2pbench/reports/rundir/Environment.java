// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * environment.json: the machine that the figures belong to. Text that could not be read is {@code
 * "unknown"}, a number or a part that could not be read or is absent is null.
 */
public record Environment(
    Build p2pbench,
    MachineClass machineClass,
    String machineClassReason,
    String startedAt,
    List<String> commandLine,
    Host host,
    Cpu cpu,
    Memory memory,
    List<NumaNode> numa,
    Iommu iommu,
    Endpoint source,
    Endpoint target,
    List<Endpoint> sources,
    List<Endpoint> targets,
    Cmb cmb,
    List<Controller> controllers,
    List<PciDevice> pciTopology,
    Jvm jvm,
    Lab lab) {

  /** Checks what the report cannot do without: the machine class. */
  public Environment {
    Members.present(machineClass, "machineClass");
    machineClassReason = Members.known(machineClassReason);
    startedAt = Members.known(startedAt);
    commandLine = Members.list(commandLine);
    numa = Members.list(numa);
    sources = all(sources, source);
    targets = all(targets, target);
    controllers = Members.list(controllers);
    pciTopology = Members.list(pciTopology);
  }

  /** Where there is one, only that is written. */
  private static List<Endpoint> all(List<Endpoint> several, Endpoint first) {
    return several != null && !several.isEmpty()
        ? Members.list(several)
        : first == null ? List.of() : List.of(first);
  }

  /** The build of p2pbench that measured. */
  public record Build(String version, String revision, Boolean dirty, Integer abi) {
    /** Fills in "unknown". */
    public Build {
      version = Members.known(version);
      revision = Members.known(revision);
    }
  }

  /** Kernel and operating system. */
  public record Host(
      String kernel, String os, String architecture, String virtualization, String bootParameters) {
    /** Fills in "unknown". */
    public Host {
      kernel = Members.known(kernel);
      os = Members.known(os);
      architecture = Members.known(architecture);
      virtualization = Members.known(virtualization);
    }
  }

  /** The processor and the clocks. */
  public record Cpu(
      String model,
      Integer sockets,
      Integer cores,
      Integer threads,
      String governor,
      String clockSource,
      String stampSource) {
    /** Fills in "unknown". */
    public Cpu {
      model = Members.known(model);
      governor = Members.known(governor);
      clockSource = Members.known(clockSource);
      stampSource = Members.known(stampSource);
    }
  }

  /** System memory. */
  public record Memory(
      Long totalBytes, Long basePageBytes, Long hugePages, String transparentHugePages) {
    /** Fills in "unknown". */
    public Memory {
      transparentHugePages = Members.known(transparentHugePages);
    }
  }

  /** One NUMA node. */
  public record NumaNode(Integer node, String cpus, Long memoryBytes) {}

  /** The IOMMU. */
  public record Iommu(String mode, Integer groups) {}

  /** Source or target of the transfers; {@code controller} is null where no NVMe drive is below. */
  public record Endpoint(
      String path,
      String kind,
      Long bytes,
      String filesystem,
      String mountOptions,
      String blockDevice,
      Integer logicalBlockBytes,
      String scheduler,
      String controller) {}

  /** A controller memory buffer. */
  public record Cmb(
      String controller,
      String pciAddress,
      Long bytes,
      Long availableBytes,
      Boolean published,
      String allocatePath) {}

  /** An NVMe controller; {@code cmb} is null where it has none. */
  public record Controller(
      String name,
      String pciAddress,
      String model,
      String serial,
      String firmware,
      Integer numaNode,
      String linkSpeed,
      Integer linkWidth,
      Cmb cmb) {}

  /** One device of the PCI topology; {@code parent} is null at the root. */
  public record PciDevice(
      String address,
      String parent,
      @com.fasterxml.jackson.annotation.JsonProperty("class") String deviceClass,
      String vendor,
      String device) {}

  /** The JVM of the forks. */
  public record Jvm(String version, String vendor, String name, List<String> flags) {
    /** Fills in "unknown". */
    public Jvm {
      version = Members.known(version);
      vendor = Members.known(vendor);
      name = Members.known(name);
      flags = Members.list(flags);
    }
  }

  /** The lab that the run was made in; {@code topology} is shown as it stands. */
  public record Lab(
      String accelerator,
      String qemu,
      JsonNode topology,
      String kernelPackage,
      String kernelSha256) {}
}
