// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.tracing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds one process's I/Os in a trace of the whole machine. What its threads call is its own; the
 * worker that sends one of its requests to the device, where a scheduler stands between, and the
 * interrupt that completes it, on whatever CPU and over whatever thread, are known by the request.
 * Holds for one I/O in flight.
 */
final class Transfers {

  private final Set<Long> tids;
  private final Map<Long, Deque<Span>> stacks = new HashMap<>();
  private final Map<String, Long> queuedBy = new HashMap<>();
  private final Map<String, Request> issued = new HashMap<>();
  private final List<Span> calls = new ArrayList<>();
  private final List<Span> parts = new ArrayList<>();
  private final List<Request> requests = new ArrayList<>();

  private Transfers(Set<Long> tids) {
    this.tids = tids;
  }

  /** A function from begin to end. */
  private static final class Span {
    private final String function;
    private final KernelStage stage;
    private final long tid;
    private final long startNs;
    private final Span handler;
    private final Span within;
    private long endNs;
    private boolean ours;

    /** Begins within another one or, null, within none. */
    private Span(TraceEvent begin, Span within, boolean ours) {
      this.function = begin.name();
      this.stage = KernelFunctions.stageOf(function);
      this.tid = begin.tid();
      this.startNs = begin.atNs();
      this.ours = ours;
      this.within = within;
      Span outer = within == null ? null : within.handler;
      this.handler = outer == null && stage == KernelStage.COMPLETE ? this : outer;
    }

    private boolean isOurs() {
      return ours || handler != null && handler.ours || within != null && within.isOurs();
    }

    private boolean isNested() {
      return within != null && within.stage == stage;
    }

    /** Whether it is the call in which a thread issued that request, or had it issued. */
    private boolean hasIssued(Request request) {
      return request.issuedNs >= startNs
          && request.issuedNs < endNs
          && (request.tid == tid || function.endsWith("io_uring_enter"));
    }
  }

  /** A request of ours on its way through the device. */
  private static final class Request {
    private final long tid;
    private final long issuedNs;
    private long doneNs = -1;
    private Span handler;

    /** A request of a thread, whoever issues it. */
    private Request(TraceEvent issue, long tid) {
      this.tid = tid;
      this.issuedNs = issue.atNs();
    }

    private long handledFromNs() {
      return handler == null ? doneNs : handler.startNs;
    }
  }

  /**
   * Adds up the stages of all I/Os.
   *
   * @param events in order of time
   * @param tids the process's threads
   * @param fromNs I/Os that begin earlier are left out
   * @param toNs I/Os that end later are left out
   */
  static StageTimes add(List<TraceEvent> events, Set<Long> tids, long fromNs, long toNs) {
    Transfers transfers = new Transfers(tids);
    events.forEach(transfers::follow);
    return transfers.sum(fromNs, toNs);
  }

  private void follow(TraceEvent event) {
    boolean ours = tids.contains(event.tid());
    // An idle task is one for each CPU.
    long thread = event.tid() == 0 ? -1 - event.cpu() : event.tid();
    Deque<Span> stack = stacks.computeIfAbsent(thread, t -> new ArrayDeque<>());
    switch (event.kind()) {
      case BEGIN -> begin(event, stack, ours);
      case END -> end(event, stack);
      case QUEUE -> {
        if (ours) {
          queuedBy.put(event.name(), event.tid());
        }
      }
      case ISSUE -> issue(event, stack, ours);
      case DONE -> done(event, stack);
      default -> throw new IllegalStateException(event.toString());
    }
  }

  private static void begin(TraceEvent event, Deque<Span> stack, boolean ours) {
    if (KernelFunctions.stageOf(event.name()) != null) {
      stack.push(new Span(event, stack.peek(), ours));
    }
  }

  private void end(TraceEvent event, Deque<Span> stack) {
    if (stack.stream().noneMatch(s -> s.function.equals(event.name()))) {
      return; // began before the trace
    }
    Span span = stack.pop();
    while (!span.function.equals(event.name())) {
      span = stack.pop(); // its end was not seen
    }
    span.endNs = event.durationNs() < 0 ? event.atNs() : span.startNs + event.durationNs();
    (span.stage == KernelStage.ENTER ? calls : parts).add(span);
  }

  private void issue(TraceEvent event, Deque<Span> stack, boolean ours) {
    Long tid = queuedBy.remove(event.name());
    if (tid == null && !ours) {
      return;
    }
    issued.put(event.name(), new Request(event, tid == null ? event.tid() : tid));
    if (!ours && !stack.isEmpty()) {
      stack.peek().ours = true; // what a worker of the kernel does for us
    }
  }

  private void done(TraceEvent event, Deque<Span> stack) {
    Request request = issued.remove(event.name());
    if (request == null) {
      return;
    }
    request.doneNs = event.atNs();
    Optional.ofNullable(stack.peek())
        .map(s -> s.handler)
        .ifPresent(
            handler -> {
              handler.ours = true;
              request.handler = handler;
            });
    requests.add(request);
  }

  private StageTimes sum(long fromNs, long toNs) {
    StageTimes sum = new StageTimes();
    calls.removeIf(c -> !c.ours || c.startNs < fromNs);
    calls.sort(Comparator.comparingLong(c -> c.startNs));
    parts.removeIf(p -> !p.isOurs());
    parts.sort(Comparator.comparingLong(p -> p.startNs));
    requests.sort(Comparator.comparingLong(r -> r.issuedNs));
    int firstPart = 0;
    int firstRequest = 0;
    for (int i = 0; i < calls.size(); i++) {
      Span first = calls.get(i);
      while (firstRequest < requests.size()
          && requests.get(firstRequest).issuedNs < first.startNs) {
        firstRequest++;
      }
      List<Request> own = new ArrayList<>();
      for (int r = firstRequest;
          r < requests.size() && requests.get(r).issuedNs < first.endNs;
          r++) {
        if (first.hasIssued(requests.get(r))) {
          own.add(requests.get(r));
        }
      }
      if (own.isEmpty()) {
        continue;
      }
      // A call may only submit; a later one then waits for the end. (The handler itself may go on
      // beyond that, on another CPU.)
      long doneNs = own.stream().mapToLong(r -> r.doneNs).max().getAsLong();
      while (calls.get(i).endNs < doneNs && i + 1 < calls.size()) {
        i++;
      }
      long endNs = calls.get(i).endNs;
      if (endNs < doneNs || endNs > toNs) {
        break;
      }
      while (firstPart < parts.size() && parts.get(firstPart).startNs < first.startNs) {
        firstPart++;
      }
      List<Span> within = new ArrayList<>();
      for (int p = firstPart; p < parts.size() && parts.get(p).startNs < endNs; p++) {
        within.add(parts.get(p));
      }
      divide(first.function, first.startNs, endNs, within, own, sum);
    }
    return sum;
  }

  /** Gives each moment of one I/O to the stage that it is in. */
  private static void divide(
      String call, long startNs, long endNs, List<Span> parts, List<Request> own, StageTimes sum) {
    long pinNs = startOf(KernelStage.PIN, parts, startOf(KernelStage.SUBMIT, parts, startNs));
    long submittedNs =
        parts.stream()
            .filter(p -> p.stage == KernelStage.SUBMIT)
            .mapToLong(p -> p.endNs)
            .max()
            .orElseGet(() -> own.get(own.size() - 1).issuedNs);
    long handledNs = own.stream().mapToLong(Request::handledFromNs).max().getAsLong();
    TreeSet<Long> moments = new TreeSet<>(Set.of(startNs, pinNs, submittedNs, handledNs, endNs));
    parts.forEach(
        p -> {
          moments.add(p.startNs);
          moments.add(p.endNs);
        });
    long fromNs = startNs;
    for (long toNs : moments.subSet(startNs, false, endNs, true)) {
      KernelStage stage = between(fromNs, pinNs, submittedNs, handledNs);
      for (Span part : parts) {
        if (part.startNs <= fromNs && part.endNs >= toNs && part.stage.compareTo(stage) > 0) {
          stage = part.stage;
        }
      }
      sum.spent(stage, toNs - fromNs);
      fromNs = toNs;
    }
    sum.transfer();
    sum.called(KernelStage.ENTER, call);
    own.forEach(r -> sum.requested());
    parts.stream().filter(p -> !p.isNested()).forEach(p -> sum.called(p.stage, p.function));
  }

  /** The stage of a moment at which no function of another one is open. */
  private static KernelStage between(long atNs, long pinNs, long submittedNs, long handledNs) {
    if (atNs < pinNs) {
      return KernelStage.ENTER;
    }
    if (atNs < submittedNs) {
      return KernelStage.SUBMIT;
    }
    return atNs < handledNs ? KernelStage.DEVICE : KernelStage.WAKE;
  }

  private static long startOf(KernelStage stage, List<Span> parts, long otherwise) {
    return parts.stream()
        .filter(p -> p.stage == stage)
        .mapToLong(p -> p.startNs)
        .min()
        .orElse(otherwise);
  }
}
