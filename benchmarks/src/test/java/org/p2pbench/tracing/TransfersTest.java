// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** What is read out of traces that Linux 7.3.4 wrote in the lab. */
class TransfersTest {

  private static final long TID = 244;
  private static final long SECOND = 1_000_000_000L;

  /** Two reads of 4 KiB: the first one's interrupt came in the middle of its submission. */
  private static final String GRAPH =
      """
      # tracer: function_graph
      #
      #     TIME        CPU  TASK/PID         DURATION                  FUNCTION CALLS
      #      |          |     |    |           |   |                     |   |   |   |
         59.716400 |   1)     dd-244     |   61.625 us   |  __x64_sys_pread64();
         59.723686 |   1)     dd-244     |               |  __x64_sys_pread64() {
         59.723729 |   1)     dd-244     |   1303.000 us |    bio_iov_iter_get_pages();
         59.725099 |   1)     dd-244     |               |    nvme_queue_rq [nvme]() {
         59.725124 |   1)     dd-244     |               |      /* block_rq_issue: 259,0 RS 4096 () 8 + 8 be,0,4 [dd] */
         59.725325 |   1)     dd-244     |               |      nvme_irq [nvme]() {
         59.725335 |   1)     dd-244     |               |        nvme_pci_complete_batch [nvme]() {
         59.725339 |   1)     dd-244     |   5.000 us    |          nvme_unmap_data [nvme]();
         59.725354 |   1)     dd-244     |               |          /* block_rq_complete: 259,0 RS () 8 + 8 be,0,4 [0] */
         59.725386 |   1)     dd-244     |   51.000 us   |        } /* nvme_pci_complete_batch [nvme] */
         59.725389 |   1)     dd-244     |   64.000 us   |      } /* nvme_irq [nvme] */
         59.725403 |   1)     dd-244     |   304.000 us  |    } /* nvme_queue_rq [nvme] */
         59.725412 |   1)     dd-244     |   26.000 us   |    __bio_release_pages();
         59.725447 |   1)     dd-244     |   1761.000 us |  } /* __x64_sys_pread64 */
         59.725502 |   1)     dd-244     |               |  __x64_sys_pread64() {
         59.725521 |   1)     dd-244     |   16.000 us   |    bio_iov_iter_get_pages();
         59.725559 |   1)     dd-244     |               |    nvme_queue_rq [nvme]() {
         59.725570 |   1)     dd-244     |               |      /* block_rq_issue: 259,0 RS 4096 () 16 + 8 be,0,4 [dd] */
         59.725656 |   1)     dd-244     |   97.000 us   |    } /* nvme_queue_rq [nvme] */
       ------------------------------------------
       1)     dd-244     =>    <idle>-0
       ------------------------------------------

         59.726886 |   1)    <idle>-0    |               |  nvme_irq [nvme]() {
         59.726898 |   1)    <idle>-0    |               |    nvme_pci_complete_batch [nvme]() {
         59.726902 |   1)    <idle>-0    |   4.000 us    |      nvme_unmap_data [nvme]();
         59.726914 |   1)    <idle>-0    |               |      /* block_rq_complete: 259,0 RS () 16 + 8 be,0,4 [0] */
         59.727011 |   1)    <idle>-0    |   113.000 us  |    } /* nvme_pci_complete_batch [nvme] */
         59.727018 |   1)    <idle>-0    |   132.000 us  |  } /* nvme_irq [nvme] */
         59.727106 |   1)     dd-244     |   12.000 us   |    __bio_release_pages();
         59.727125 |   1)     dd-244     |   1623.000 us |  } /* __x64_sys_pread64 */
      """;

  /** One read by kprobe events. */
  private static final String PROBES =
      """
                   fio-244     [000] .....    20.339608: e___x64_sys_pread64: (__x64_sys_pread64+0x4/0xc0)
                   fio-244     [000] .....    20.339669: e_bio_iov_iter_get_pages: (bio_iov_iter_get_pages+0x4/0x230)
                   fio-244     [000] .....    20.339723: x_bio_iov_iter_get_pages: (__blkdev_direct_IO_simple+0x11e/0x280 <- bio_iov_iter_get_pages)
                   fio-244     [000] .....    20.339781: e_nvme_queue_rq: (nvme_queue_rq+0x4/0x200 [nvme])
                   fio-244     [000] .....    20.339835: block_rq_issue: 259,1 RS 65536 () 128 + 128 be,0,4 [fio]
                   fio-244     [000] .....    20.339992: x_nvme_queue_rq: (__blk_mq_issue_directly+0x4a/0xc0 <- nvme_queue_rq)
                <idle>-0       [000] d.h1.    20.340321: e_nvme_irq: (nvme_irq+0x4/0xa0 [nvme])
                <idle>-0       [000] d.h1.    20.340348: block_rq_complete: 259,1 RS () 128 + 128 be,0,4 [0]
                <idle>-0       [000] dNh1.    20.340426: x_nvme_irq: (__handle_irq_event_percpu+0x55/0x1e0 <- nvme_irq)
                   fio-244     [000] .....    20.340535: x___x64_sys_pread64: (do_syscall_64+0xc4/0x560 <- __x64_sys_pread64)
      """;

  /** One read where the device has one queue: a scheduler stands between, and a worker issues. */
  private static final String QUEUED =
      """
          8.843623 |   0)     dd-244     |               |  __x64_sys_pread64() {
          8.843653 |   0)     dd-244     |   604.000 us  |    bio_iov_iter_get_pages();
          8.844307 |   0)     dd-244     |               |    /* block_rq_insert: 259,0 RS 65536 () 128 + 128 be,0,4 [dd] */
       ------------------------------------------
       0)     dd-244     =>  kworker-137
       ------------------------------------------

          8.844784 |   0)  kworker-137   |               |  nvme_queue_rq [nvme]() {
          8.844794 |   0)  kworker-137   |   20.000 us   |    nvme_prep_rq [nvme]();
          8.844821 |   0)  kworker-137   |               |    /* block_rq_issue: 259,0 RS 65536 () 128 + 128 be,0,4 [kworker/0:1H] */
          8.844884 |   0)  kworker-137   |   100.000 us  |  } /* nvme_queue_rq [nvme] */
          8.844890 |   0)  kworker-137   |               |  nvme_queue_rq [nvme]() {
          8.844895 |   0)  kworker-137   |               |    /* block_rq_issue: 259,0 WS 4096 () 4096 + 8 be,0,4 [kworker/0:1H] */
          8.844899 |   0)  kworker-137   |   9.000 us    |  } /* nvme_queue_rq [nvme] */
       ------------------------------------------
       0)  kworker-137   =>    <idle>-0
       ------------------------------------------

          8.845003 |   0)    <idle>-0    |               |  nvme_irq [nvme]() {
          8.845317 |   0)    <idle>-0    |               |    /* block_rq_complete: 259,0 RS () 128 + 128 be,0,4 [0] */
          8.845503 |   0)    <idle>-0    |   500.000 us  |  } /* nvme_irq [nvme] */
       ------------------------------------------
       0)    <idle>-0    =>     dd-244
       ------------------------------------------

          8.845686 |   0)     dd-244     |   300.000 us  |    __bio_release_pages();
          8.846023 |   0)     dd-244     |   2400.000 us |  } /* __x64_sys_pread64 */
      """;

  @Test
  void aRequestThatAWorkerIssuesBelongsToTheThreadThatQueuedIt() {
    StageTimes times = times(QUEUED, TraceParser::graph, TID, 0, 60 * SECOND);

    assertThat(times.transfers()).isEqualTo(1);
    assertThat(times.totalNs(KernelStage.ENTER)).isEqualTo(30_000);
    assertThat(times.totalNs(KernelStage.PIN)).isEqualTo(604_000);
    assertThat(times.totalNs(KernelStage.MAP)).isEqualTo(20_000);
    // From the end of the pin to that of the worker's nvme_queue_rq, without the map in it.
    assertThat(times.totalNs(KernelStage.SUBMIT)).isEqualTo(627_000 - 20_000);
    // The worker's other request is a stranger's.
    assertThat(times.totalNs(KernelStage.DEVICE)).isEqualTo(119_000);
    assertThat(times.calls(KernelStage.SUBMIT)).isEqualTo(1);
    assertThat(sum(times)).isEqualTo(2_400_000);
    assertThat(times(QUEUED, TraceParser::graph, 137, 0, 60 * SECOND).transfers()).isZero();
  }

  @Test
  void eachMomentOfAnIoIsInOneStage() {
    StageTimes times = times(GRAPH, TraceParser::graph, TID, 0, 60 * SECOND);

    assertThat(times.transfers()).isEqualTo(2);
    assertThat(times.totalNs(KernelStage.PIN)).isEqualTo(1_303_000 + 16_000);
    assertThat(times.totalNs(KernelStage.ENTER)).isEqualTo(43_000 + 19_000);
    // Up to the end of nvme_queue_rq, without the interrupt in it: 371 - 64 us and 119 us.
    assertThat(times.totalNs(KernelStage.SUBMIT)).isEqualTo(307_000 + 119_000);
    assertThat(times.totalNs(KernelStage.DEVICE)).isEqualTo(1_230_000);
    assertThat(times.totalNs(KernelStage.UNMAP)).isEqualTo(5_000 + 4_000);
    assertThat(times.totalNs(KernelStage.COMPLETE)).isEqualTo(59_000 + 128_000);
    assertThat(times.totalNs(KernelStage.UNPIN)).isEqualTo(26_000 + 12_000);
    assertThat(times.totalNs(KernelStage.WAKE)).isEqualTo(18_000 + 95_000);
    assertThat(sum(times)).isEqualTo(1_761_000 + 1_623_000);
  }

  @Test
  void functionsWithinOnesOfTheirOwnStageAreNotCountedTwice() {
    StageTimes times = times(GRAPH, TraceParser::graph, TID, 0, 60 * SECOND);

    assertThat(times.calls(KernelStage.COMPLETE)).isEqualTo(2);
    assertThat(times.functions(KernelStage.COMPLETE)).containsExactly("nvme_irq");
    assertThat(times.functions(KernelStage.SUBMIT)).containsExactly("nvme_queue_rq");
    assertThat(times.calls(KernelStage.DEVICE)).isEqualTo(2);
    assertThat(times.functions(KernelStage.DEVICE)).isEmpty();
  }

  @Test
  void ioOfOtherProcessesAndOtherTimesIsLeftOut() {
    assertThat(times(GRAPH, TraceParser::graph, 245, 0, 60 * SECOND).transfers()).isZero();
    long between = 59 * SECOND + 725_450_000;
    assertThat(times(GRAPH, TraceParser::graph, TID, between, 60 * SECOND).transfers())
        .isEqualTo(1);
    assertThat(times(GRAPH, TraceParser::graph, TID, 0, between).transfers()).isEqualTo(1);
  }

  @Test
  void probesAreReadLikeTheTracer() {
    StageTimes times = times(PROBES, TraceParser::probes, TID, 0, 60 * SECOND);

    assertThat(times.transfers()).isEqualTo(1);
    assertThat(times.totalNs(KernelStage.PIN)).isEqualTo(54_000);
    assertThat(times.totalNs(KernelStage.DEVICE)).isEqualTo(329_000);
    assertThat(times.totalNs(KernelStage.COMPLETE)).isEqualTo(105_000);
    assertThat((double) sum(times)).isCloseTo(927_000, within(0.5));
  }

  private static StageTimes times(
      String text, BiConsumer<String, List<TraceEvent>> parser, long tid, long from, long to) {
    List<TraceEvent> events = new ArrayList<>();
    text.lines().forEach(line -> parser.accept(line, events));
    return Transfers.add(events, Set.of(tid), from, to);
  }

  private static long sum(StageTimes times) {
    return Arrays.stream(KernelStage.values()).mapToLong(times::totalNs).sum();
  }
}
