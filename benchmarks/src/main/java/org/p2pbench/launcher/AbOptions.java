// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** Makes the request of one side of a comparison: what is common, then what is its own. */
final class AbOptions {

  /** Options of the comparison itself, each with a value; every other one is the sides'. */
  private static final Set<String> OWN =
      Set.of("--a", "--b", "--screen-forks", "--confirm-forks", "--forks", "--out");

  private AbOptions() {}

  /** What a side takes: all options of run. */
  @Command(name = "run")
  private static final class Side {
    @Mixin private RunOptions options = new RunOptions();
  }

  /**
   * The request of a side.
   *
   * @param option names the side in messages, such as --a
   * @param side a jar, options of run, or both, as a shell would read them; may be empty
   * @param typed the whole command line after the command's name
   */
  static RunRequest request(String option, String side, List<String> typed, Path out) {
    List<String> own = words(option, side);
    Path jar = null;
    if (!own.isEmpty() && own.get(0).endsWith(".jar")) {
      jar = Path.of(own.remove(0)).toAbsolutePath();
      if (!Files.isReadable(jar)) {
        throw new CommandFailure(
            CommandFailure.BAD_INPUT,
            "%s: no jar can be read at '%s': name a benchmarks.jar".formatted(option, jar));
      }
    }
    List<String> line = joined(common(typed), own);
    Side parsed = new Side();
    try {
      new CommandLine(parsed).parseArgs(line.toArray(String[]::new));
    } catch (ParameterException e) {
      throw new CommandFailure(
          CommandFailure.BAD_INPUT,
          "%s '%s': %s: 'run --help' lists what a side takes"
              .formatted(option, side, e.getMessage()));
    }
    RunRequest request = parsed.options.request(out, Optional.empty(), typed);
    return jar == null ? request : request.of(jar);
  }

  private static List<String> words(String option, String text) {
    try {
      return ShellWords.of(text);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(
          CommandFailure.BAD_INPUT, "%s %s: %s".formatted(option, text, e.getMessage()));
    }
  }

  /** The command line without what is the comparison's own. */
  private static List<String> common(List<String> typed) {
    List<String> common = new ArrayList<>();
    Iterator<String> words = typed.iterator();
    boolean jmh = false;
    while (words.hasNext()) {
      String word = words.next();
      jmh |= word.equals("--");
      String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
      if (jmh || !OWN.contains(name)) {
        common.add(word);
      } else if (name.equals(word) && words.hasNext()) {
        words.next();
      }
    }
    return common;
  }

  /** Both sides of each "--" together. */
  private static List<String> joined(List<String> common, List<String> own) {
    List<String> line = new ArrayList<>(before(common));
    line.addAll(before(own));
    line.add("--");
    line.addAll(after(common));
    line.addAll(after(own));
    return line;
  }

  private static List<String> before(List<String> words) {
    int end = words.indexOf("--");
    return end < 0 ? words : words.subList(0, end);
  }

  private static List<String> after(List<String> words) {
    int end = words.indexOf("--");
    return end < 0 ? List.of() : words.subList(end + 1, words.size());
  }
}
