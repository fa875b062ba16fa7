// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.environment;

import static org.p2pbench.discovery.KernelFiles.UNKNOWN;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.p2pbench.discovery.CmbChoice;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.discovery.NvmeController;
import org.p2pbench.discovery.Place;

/**
 * Reads what machine, kernel, devices and JVM a run's figures belong to: the content of
 * environment.json. Needs no privileges; what cannot be read is "unknown" or null. Immutable and
 * thread-safe; every call reads anew.
 */
public final class EnvironmentProbe {
  /** Names the file that describes the lab, inside its guest. */
  public static final String LAB_JSON_VARIABLE = "P2PBENCH_LAB_JSON";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String FORMAT = "p2pbench-environment";
  private static final int VERSION = 1;
  private static final List<String> LAB_MEMBERS =
      List.of("accelerator", "qemu", "topology", "kernelPackage", "kernelSha256");

  private final DeviceDiscovery discovery;
  private final HostFacts host;
  private final Clock clock;
  private final Map<String, String> variables;

  /** Looks at the running machine. */
  public static EnvironmentProbe ofThisMachine(DeviceDiscovery discovery) {
    return new EnvironmentProbe(
        discovery, Roots.OF_THIS_MACHINE, Clock.systemUTC(), System.getenv());
  }

  /**
   * @param variables the process's environment
   */
  public EnvironmentProbe(
      DeviceDiscovery discovery, Roots roots, Clock clock, Map<String, String> variables) {
    this.discovery = discovery;
    this.host = new HostFacts(roots.sys(), roots.proc(), roots.etc());
    this.clock = clock;
    this.variables = Map.copyOf(variables);
  }

  /** Where the kernel's and the system's files are. */
  public record Roots(Path sys, Path proc, Path etc) {
    /** The running machine's. */
    public static final Roots OF_THIS_MACHINE =
        new Roots(Path.of("/sys"), Path.of("/proc"), Path.of("/etc"));
  }

  /**
   * What only the caller knows of a run.
   *
   * @param commandLine arguments of p2pbench
   * @param memoryKinds memories that the plan uses, in the command line's words
   * @param sources of its transfers, in the order in which threads take turns on them
   * @param targets likewise
   * @param cmb the CMB in use
   * @param abi ABI version of the native library
   * @param stampSource where the native library takes its stamps from: "tsc" or "monotonic"
   * @param jvmFlags flags of the JVMs that measure
   * @param build which p2pbench measures
   */
  public record Run(
      List<String> commandLine,
      Set<String> memoryKinds,
      List<Place> sources,
      List<Place> targets,
      Optional<CmbChoice> cmb,
      int abi,
      String stampSource,
      List<String> jvmFlags,
      BuildRevision build) {
    public Run {
      commandLine = List.copyOf(commandLine);
      memoryKinds = Set.copyOf(memoryKinds);
      sources = List.copyOf(sources);
      targets = List.copyOf(targets);
      jvmFlags = List.copyOf(jvmFlags);
    }
  }

  /** Flags of this JVM, for forks that inherit them. */
  public static List<String> flagsOfThisJvm() {
    return List.copyOf(ManagementFactory.getRuntimeMXBean().getInputArguments());
  }

  /**
   * The class of a run, or of one row when given its memory alone.
   *
   * @param ends sources and targets
   */
  public MachineClass.Decision machineClass(
      Set<String> memoryKinds, Collection<Place> ends, Optional<CmbChoice> cmb) {
    List<NvmeController> involved =
        ends.stream().flatMap(place -> place.controllers().stream()).toList();
    return MachineClass.decide(
        memoryKinds, cmb.map(CmbChoice::controller), involved, discovery.controllers(), variables);
  }

  /** The whole of environment.json. */
  public ObjectNode probe(Run run) {
    MachineClass.Decision decision =
        machineClass(
            run.memoryKinds(),
            Stream.concat(run.sources().stream(), run.targets().stream()).toList(),
            run.cmb());
    ObjectNode tree = JSON.objectNode().put("format", FORMAT).put("version", VERSION);
    tree.set("p2pbench", build(run.abi(), run.build()));
    tree.put("machineClass", decision.machineClass().word())
        .put("machineClassReason", decision.reason())
        .put("startedAt", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    tree.set("commandLine", texts(run.commandLine()));
    tree.set("host", host.host());
    tree.set("cpu", host.cpu(run.stampSource()));
    tree.set("memory", host.memory());
    tree.set("numa", host.numa());
    tree.set("iommu", host.iommu());
    ends(tree, "source", run.sources());
    ends(tree, "target", run.targets());
    tree.set("cmb", StorageFacts.cmb(run.cmb()));
    tree.set("controllers", StorageFacts.controllers(discovery.controllers()));
    tree.set("pciTopology", StorageFacts.topology(discovery.pciFunctions()));
    tree.set("jvm", jvm(run.jvmFlags()));
    tree.set("lab", lab());
    return tree;
  }

  /** The first by its own name, all of them where there are several. */
  private static void ends(ObjectNode tree, String name, List<Place> ends) {
    tree.set(name, StorageFacts.place(ends.stream().findFirst()));
    if (ends.size() > 1) {
      ArrayNode all = tree.putArray(name + "s");
      ends.forEach(end -> all.add(StorageFacts.place(Optional.of(end))));
    }
  }

  private static ObjectNode build(int abi, BuildRevision build) {
    return JSON.objectNode()
        .put("version", build.version())
        .put("revision", build.revision())
        .put("dirty", build.dirty().orElse(null))
        .put("abi", abi);
  }

  private static ObjectNode jvm(List<String> flags) {
    ObjectNode jvm =
        JSON.objectNode()
            .put("version", Runtime.version().toString())
            .put("vendor", System.getProperty("java.vendor", UNKNOWN))
            .put("name", System.getProperty("java.vm.name", UNKNOWN));
    return jvm.set("flags", texts(flags));
  }

  /**
   * What the lab's launcher wrote of itself; its members are unknown where the file is not there.
   */
  private JsonNode lab() {
    String file = variables.get(LAB_JSON_VARIABLE);
    if (file == null && !"1".equals(variables.get(MachineClass.LAB_VARIABLE))) {
      return JSON.nullNode();
    }
    ObjectNode lab = JSON.objectNode();
    LAB_MEMBERS.forEach(member -> lab.put(member, UNKNOWN));
    if (file != null && readTree(Path.of(file)) instanceof ObjectNode written) {
      lab.setAll(written);
    }
    return lab;
  }

  private static JsonNode readTree(Path file) {
    try {
      return new ObjectMapper().readTree(file.toFile());
    } catch (IOException unreadable) {
      return JSON.nullNode();
    }
  }

  private static ArrayNode texts(List<String> texts) {
    ArrayNode array = JSON.arrayNode();
    texts.forEach(array::add);
    return array;
  }
}
