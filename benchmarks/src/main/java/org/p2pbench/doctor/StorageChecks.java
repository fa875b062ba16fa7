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
  // Up to 7.1 no stacked device does (the flag is not one that stacking inherits).
  private static final KernelVersion UNKNOWN_FROM = new KernelVersion(7, 2, 0);

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
      case MD ->
          stacked(
              device,
              trail,
              "an md array",
              "use a member of it: " + String.join(", ", device.slaves()),
              UNKNOWN_FROM);
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
        "kernel parameter nvme_core.multipath=N, then name the drive",
        UNKNOWN_FROM);
  }

  /** Tried with dm-linear on 7.3.4: EREMOTEIO, and nothing is pinned. */
  private Check mapper(BlockDevice device, List<String> trail) {
    return stacked(
        device,
        trail,
        "a device-mapper device",
        "use the drive below it: " + String.join(", ", device.slaves()),
        new KernelVersion(7, 4, 0));
  }

  /**
   * A device that does not inherit its drives' willingness.
   *
   * @param open the first version of which it is not known that it does not
   */
  private Check stacked(
      BlockDevice device, List<String> trail, String what, String remedy, KernelVersion open) {
    String name = device.name() + " is " + what;
    if (kernel.isEmpty() || kernel.get().compareTo(open) >= 0) {
      return Check.of(
              "queue",
              Status.UNKNOWN,
              name + ": whether this kernel hands pages of device memory on is not known")
          .evidence(trail)
          .remedy(remedy);
    }
    return problem(
            "%s, and Linux %s does not hand pages of device memory on through it"
                .formatted(name, kernel.get()),
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
