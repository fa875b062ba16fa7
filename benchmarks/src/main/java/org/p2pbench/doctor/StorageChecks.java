// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.p2pbench.discovery.BlockDevice;
import org.p2pbench.discovery.BlockDevices;
import org.p2pbench.discovery.FileNode;
import org.p2pbench.discovery.Place;
import org.p2pbench.doctor.Check.Status;
import org.p2pbench.safety.DirectIoSupport;

/** Whether block queue and filesystem of a place take pages of device memory. Immutable. */
final class StorageChecks {
  private final BlockDevices blockDevices;
  private final Optional<KernelVersion> kernel;
  private final Doctor.Process process;

  StorageChecks(BlockDevices blockDevices, Optional<KernelVersion> kernel, Doctor.Process process) {
    this.blockDevices = blockDevices;
    this.kernel = kernel;
    this.process = process;
  }

  /** Queue, O_DIRECT and permission for one place. */
  List<Check> of(Place place, boolean written) {
    List<Check> checks = new ArrayList<>();
    checks.add(queue(place));
    checks.add(directIo(place));
    checks.add(permission(place, written));
    return List.copyOf(checks);
  }

  /** Whether the block queue takes pages of device memory. */
  Check queue(Place place) {
    Check check =
        place
            .blockDevice()
            .map(device -> queue(device, new ArrayList<>()))
            .orElseGet(
                () ->
                    problem(
                        place.filesystem()
                            + " has no block device, so no drive that could reach a CMB",
                        List.of()));
    return check.on(place.path().toString());
  }

  private Check queue(BlockDevice device, List<String> trail) {
    trail.add(device.name() + " is " + device.kind().words());
    return switch (device.kind()) {
      case NVME_NAMESPACE ->
          Check.of("queue", Status.OK, device.name() + " takes pages of device memory")
              .evidence(trail);
      case PARTITION -> partition(device, trail);
      case NVME_MULTIPATH -> multipath(device, trail);
      case DEVICE_MAPPER -> mapper(device, trail);
      case LOOP, MEMORY ->
          problem(
              "%s is %s, whose driver copies with the CPU and takes no pages of device memory"
                  .formatted(device.name(), device.kind().words()),
              trail);
      case MD -> stacked(device, trail, "an md array", "use a member of it");
      case DISK ->
          problem(
              "%s is no NVMe drive, and only the nvme driver takes pages of device memory"
                  .formatted(device.name()),
              trail);
    };
  }

  private Check partition(BlockDevice device, List<String> trail) {
    return device
        .partitionOf()
        .flatMap(blockDevices::byName)
        .map(disk -> queue(disk, trail))
        .orElseGet(
            () ->
                Check.of("queue", Status.UNKNOWN, "the disk of the partition is not to be found")
                    .evidence(trail));
  }

  private Check multipath(BlockDevice device, List<String> trail) {
    return stacked(
        device,
        trail,
        "an NVMe multipath head",
        "boot with nvme_core.multipath=N and name the path");
  }

  /** The table tells what dm does; a linear one hands pages on where the kernel lets it. */
  private Check mapper(BlockDevice device, List<String> trail) {
    Optional<String> table = process.mapperTable().apply(device.name());
    table.ifPresent(text -> trail.add("dmsetup table: " + text));
    if (!handsOnLinear()) {
      return stacked(device, trail, "a device-mapper device", "use the drive below it");
    }
    List<String> targets = table.map(StorageChecks::targets).orElse(List.of());
    if (targets.isEmpty() || !targets.stream().allMatch("linear"::equals)) {
      return Check.of(
              "queue",
              Status.UNKNOWN,
              "%s is a device-mapper device %s: of those only linear ones are known to hand pages of"
                  + " device memory on"
                      .formatted(
                          device.name(),
                          targets.isEmpty()
                              ? "whose table is not visible without root"
                              : "of " + String.join(", ", targets)))
          .evidence(trail)
          .remedy("use the drive below it, or measure: the first I/O tells");
    }
    for (String below : device.slaves()) {
      Check found = blockDevices.byName(below).map(slave -> queue(slave, trail)).orElseThrow();
      if (found.status() != Status.OK) {
        return found;
      }
    }
    return Check.of(
            "queue",
            Status.OK,
            "%s hands pages of device memory on to %s"
                .formatted(device.name(), String.join(", ", device.slaves())))
        .evidence(trail);
  }

  /** The targets of a table such as "0 65536 linear 259:0 0", a line each. */
  private static List<String> targets(String table) {
    return table
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields.length > 2)
        .map(fields -> fields[2])
        .toList();
  }

  /** Tried with dm-linear on 7.3.4. */
  private boolean handsOnLinear() {
    return kernel.map(version -> version.atLeast(7, 3)).orElse(false);
  }

  /** Up to 7.1 no stacked device inherits the queue's willingness. */
  private boolean refusesStacks() {
    return kernel.map(version -> !version.atLeast(7, 2)).orElse(false);
  }

  private Check stacked(BlockDevice device, List<String> trail, String what, String remedy) {
    String name = device.name() + " is " + what;
    if (!refusesStacks()) {
      return Check.of(
              "queue",
              Status.UNKNOWN,
              name + ": whether this kernel hands pages of device memory on is not known")
          .evidence(trail)
          .remedy(remedy);
    }
    return problem(
            "%s, and Linux %s does not hand pages of device memory on through it"
                .formatted(name, kernel.orElseThrow()),
            trail)
        .remedy(remedy);
  }

  private static Check problem(String finding, List<String> trail) {
    return Check.of("queue", Status.PROBLEM, finding)
        .evidence(trail)
        .remedy("name a file, directory or namespace on an NVMe drive");
  }

  private Check directIo(Place place) {
    DirectIoSupport support = DirectIoSupport.of(place);
    List<String> evidence = new ArrayList<>();
    OptionalInt logical =
        place.blockDevice().map(BlockDevice::logicalBlockBytes).orElse(OptionalInt.empty());
    logical.ifPresent(bytes -> evidence.add("logical blocks of " + bytes + " bytes"));
    OptionalInt alignment = alignment(place);
    alignment.ifPresent(
        bytes -> evidence.add("offsets and lengths in multiples of " + bytes + " bytes (statx)"));
    Status status =
        switch (support.support()) {
          case DIRECT -> Status.OK;
          case DEPENDS -> Status.UNKNOWN;
          case COPIED, NONE -> Status.PROBLEM;
        };
    Check check =
        Check.of("direct-io", status, support.reason())
            .on(place.path().toString())
            .evidence(evidence);
    return status == Status.PROBLEM ? check.remedy("use a directory on ext4 or xfs") : check;
  }

  private OptionalInt alignment(Place place) {
    boolean openable =
        place.kind() == FileNode.Kind.FILE || place.kind() == FileNode.Kind.BLOCK_DEVICE;
    return openable && Files.isReadable(place.path())
        ? process.directAlignment().apply(place.path())
        : OptionalInt.empty();
  }

  private static Check permission(Place place, boolean written) {
    Path path = place.path();
    boolean may = Files.isReadable(path) && (!written || Files.isWritable(path));
    String what = written ? "read and written" : "read";
    Check check =
        Check.of(
                "permission",
                may ? Status.OK : Status.PROBLEM,
                "may %sbe %s by this user".formatted(may ? "" : "not ", what))
            .on(path.toString());
    return may
        ? check
        : check.remedy("sudo chgrp \"$(id -gn)\" %1$s && sudo chmod g+rw %1$s".formatted(path));
  }
}
