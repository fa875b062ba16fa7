// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.tracing;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the text of a {@code trace} file. Lines that are not understood are passed over: headers,
 * context switches, what others print.
 */
final class TraceParser {

  /** ` 59.720793 | 1) dd-244 | 12.3 us | body`: function_graph with time and process. */
  private static final Pattern GRAPH =
      Pattern.compile(
          "\\s*(\\d+)\\.(\\d{6}) \\|\\s*(\\d+)\\)\\s+.*?-(\\d+)\\s+\\|[^0-9|]*(?:([0-9.]+) us)?\\s*\\|\\s*(.*)");

  /** `dd-186 [000] d.h1. 18.164487: event: text`: any event. */
  private static final Pattern EVENT =
      Pattern.compile(
          "\\s*.*?-(\\d+)\\s+\\[(\\d+)\\]\\s+\\S+\\s+(\\d+)\\.(\\d{6}): ([A-Za-z0-9_]+): (.*)");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.]+");

  /** `259,0 RS 4096 () 8 + 8 be,0,4 [dd]`, and without a length in bytes when it is done. */
  private static final Pattern REQUEST =
      Pattern.compile("(\\d+,\\d+) \\S+ (?:\\d+ )?\\(.*?\\) (\\d+) \\+ (\\d+) .*");

  /** What happens to a request, by the name of the kernel's event. */
  static final Map<String, TraceEvent.Kind> REQUEST_EVENTS =
      Map.of(
          "block_rq_insert", TraceEvent.Kind.QUEUE,
          "block_rq_issue", TraceEvent.Kind.ISSUE,
          "block_rq_complete", TraceEvent.Kind.DONE);

  private TraceParser() {}

  /** Adds what one line of the function_graph tracer says. */
  static void graph(String line, List<TraceEvent> events) {
    Matcher m = GRAPH.matcher(line);
    if (!m.matches()) {
      return;
    }
    long atNs = nanoseconds(m.group(1), m.group(2));
    int cpu = Integer.parseInt(m.group(3));
    long tid = Long.parseLong(m.group(4));
    long durationNs = m.group(5) == null ? -1 : Math.round(Double.parseDouble(m.group(5)) * 1000);
    String body = m.group(6);
    if (body.startsWith("} /*") || body.startsWith("/*")) {
      String inside = body.substring(body.indexOf("/*") + 2, body.indexOf("*/")).strip();
      if (body.startsWith("}")) {
        events.add(TraceEvent.end(atNs, cpu, tid, firstName(inside), durationNs));
      } else if (inside.contains(": ")) {
        int colon = inside.indexOf(": ");
        request(inside.substring(0, colon), inside.substring(colon + 2), atNs, cpu, tid, events);
      }
      return;
    }
    String function = firstName(body);
    events.add(TraceEvent.begin(atNs, cpu, tid, function));
    if (body.endsWith(";")) {
      events.add(TraceEvent.end(atNs + durationNs, cpu, tid, function, durationNs));
    }
  }

  /** Adds what one line with probes of ours says, whose names are e_FUNCTION and x_FUNCTION. */
  static void probes(String line, List<TraceEvent> events) {
    Matcher m = EVENT.matcher(line);
    if (!m.matches()) {
      return;
    }
    long atNs = nanoseconds(m.group(3), m.group(4));
    int cpu = Integer.parseInt(m.group(2));
    long tid = Long.parseLong(m.group(1));
    String event = m.group(5);
    if (event.startsWith("e_")) {
      events.add(TraceEvent.begin(atNs, cpu, tid, event.substring(2)));
    } else if (event.startsWith("x_")) {
      events.add(TraceEvent.end(atNs, cpu, tid, event.substring(2), -1));
    } else {
      request(event, m.group(6), atNs, cpu, tid, events);
    }
  }

  private static void request(
      String event, String text, long atNs, int cpu, long tid, List<TraceEvent> events) {
    TraceEvent.Kind kind = REQUEST_EVENTS.get(event);
    Matcher m = REQUEST.matcher(text);
    if (kind != null && m.matches()) {
      String key = m.group(1) + " " + m.group(2) + "+" + m.group(3);
      events.add(new TraceEvent(kind, atNs, cpu, tid, key, -1));
    }
  }

  private static String firstName(String text) {
    Matcher m = NAME.matcher(text);
    return m.lookingAt() ? m.group() : "";
  }

  private static long nanoseconds(String seconds, String microseconds) {
    return Long.parseLong(seconds) * 1_000_000_000L + Long.parseLong(microseconds) * 1000;
  }
}
