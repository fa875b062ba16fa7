// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.tracing;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The kernel's functions whose begin and end bound a stage. Names come and go between versions, and
 * a compiler may inline one: all that a kernel has are timed, from Linux 6.2 to 7.3.
 */
final class KernelFunctions {

  /** Functions by the stage that they are; {@link KernelStage#ENTER}'s are the system calls. */
  private static final Map<String, KernelStage> STAGES =
      Map.ofEntries(
          entry("__x64_sys_pread64", KernelStage.ENTER),
          entry("__x64_sys_pwrite64", KernelStage.ENTER),
          entry("__x64_sys_io_uring_enter", KernelStage.ENTER),
          entry("__arm64_sys_pread64", KernelStage.ENTER),
          entry("__arm64_sys_pwrite64", KernelStage.ENTER),
          entry("__arm64_sys_io_uring_enter", KernelStage.ENTER),
          entry("bio_iov_iter_get_pages", KernelStage.PIN),
          entry("bio_iov_iter_get_bdev_pages", KernelStage.PIN),
          entry("nvme_queue_rq", KernelStage.SUBMIT),
          entry("nvme_queue_rqs", KernelStage.SUBMIT),
          entry("virtio_queue_rq", KernelStage.SUBMIT),
          entry("virtio_queue_rqs", KernelStage.SUBMIT),
          entry("scsi_queue_rq", KernelStage.SUBMIT),
          entry("nvme_map_data", KernelStage.MAP), // to 6.16
          entry("nvme_prep_rq", KernelStage.MAP),
          entry("blk_rq_dma_map_iter_start", KernelStage.MAP), // from 6.17
          entry("blk_rq_dma_map_iter_next", KernelStage.MAP),
          entry("dma_map_sgtable", KernelStage.MAP),
          entry("nvme_irq", KernelStage.COMPLETE),
          entry("nvme_pci_complete_rq", KernelStage.COMPLETE),
          entry("nvme_pci_complete_batch", KernelStage.COMPLETE),
          entry("virtblk_done", KernelStage.COMPLETE),
          entry("virtblk_request_done", KernelStage.COMPLETE),
          entry("scsi_complete", KernelStage.COMPLETE),
          entry("nvme_unmap_data", KernelStage.UNMAP),
          entry("nvme_pci_unmap_rq", KernelStage.UNMAP),
          entry("virtblk_unmap_data", KernelStage.UNMAP),
          entry("__bio_release_pages", KernelStage.UNPIN),
          entry("bio_release_pages", KernelStage.UNPIN)); // to 6.4

  /** Without one of each of these nothing can be said. */
  private static final List<KernelStage> NEEDED = List.of(KernelStage.ENTER, KernelStage.PIN);

  private KernelFunctions() {}

  /** Every name that some kernel has. */
  static Set<String> candidates() {
    return STAGES.keySet();
  }

  static KernelStage stageOf(String function) {
    return STAGES.get(function);
  }

  /**
   * Checks what a kernel lets us time.
   *
   * @throws TraceException where too little of it is there
   */
  static void check(Set<String> functions) {
    Set<KernelStage> there =
        functions.stream().map(KernelFunctions::stageOf).collect(Collectors.toSet());
    for (KernelStage stage : NEEDED) {
      if (!there.contains(stage)) {
        throw new TraceException(
            "this kernel has none of the functions that are known for stage '%s': %s"
                .formatted(
                    stage.label(),
                    STAGES.entrySet().stream()
                        .filter(e -> e.getValue() == stage)
                        .map(Map.Entry::getKey)
                        .sorted()
                        .collect(Collectors.joining(", "))));
      }
    }
  }
}
