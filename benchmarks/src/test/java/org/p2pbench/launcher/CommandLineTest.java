// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.safety.LoopDisk;
import org.p2pbench.transaction.BuildDirectory;
import picocli.CommandLine;

/** What a command line gets for an answer before anything is measured or made. */
class CommandLineTest {

  @TempDir(factory = BuildDirectory.class)
  private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void onARealDisk() {
    BuildDirectory.assumeDirect(directory);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--memory dram | unknown memory 'dram': one of cmb, cmb-emulated, ram, page-cache",
        "--memory ram,RAM | unknown memory 'RAM': one of cmb, cmb-emulated, ram, page-cache",
        "--profile quick | unknown profile 'quick': one of lab, smoke, standard, full",
        "--engine aio | unknown engine 'aio': one of io_uring, sync",
        "--pattern zigzag | unknown pattern 'zigzag': one of random, sequential",
        "--pinning always | unknown pinning 'always': one of none, per-transaction, registered",
        "--pages 1GiB | unknown pages '1GiB': one of 4KiB, 2MiB",
        "--size 5x | '5x' is not a size: write bytes, or a number with k, M or G, such as 4096, 64k"
            + " or 1M",
        "--size -4k | '-4k' is not a size: write bytes, or a number with k, M or G, such as 4096,"
            + " 64k or 1M",
        "--size 99999999999G | size '99999999999G' is too large"
      })
  void aWordThatIsNotKnownIsOneLineThatNamesThoseThatAre(String arguments, String message) {
    assertRefusedBeforeAnything(arguments, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--size 1000 | block size 1000 is not a multiple of 512 bytes between 512 and 1 GiB: choose"
            + " one such as 4096",
        "--size 4k,2G | block size 2147483648 is not a multiple of 512 bytes between 512 and 1 GiB:"
            + " choose one such as 4096",
        "--depth 300 --engine io_uring | depth 300 is out of range: 1 to 256 transactions in"
            + " flight",
        "--threads 0 | threads 0 is out of range: 1 to 1024",
        "--staging 2 | staging 2 is out of range: 0 or 1 copies",
        "--engine sync --depth 4 | engine sync has one transaction in flight, not depth 4: use"
            + " --engine io_uring, or --threads 4",
        "--engine sync --pinning registered | pinning registered needs --engine io_uring: pread and"
            + " pwrite have no registered buffers",
        "--memory page-cache --pinning per-transaction | memory page-cache pins nothing of the"
            + " caller's: use --pinning none, not per-transaction",
        "--memory ram --pinning none | pinning none is for --memory page-cache: O_DIRECT to ram"
            + " pins pages",
        "--memory page-cache --pages 2MiB | 2 MiB pages are for memory ram and cmb-emulated:"
            + " page-cache has pages of its own",
        "--busy-memory swap | unknown memory load 'swap': one of copy, read, triad, write",
        "--busy-memory triad:1:200 | a memory load for 200 % of the time is out of range: 1 to"
            + " 100",
        "--busy-memory triad --drain-only | --busy-memory loads the memory beside whole transfers:"
            + " leave out --drain-only",
        "--rate 12.5 | '12.5' is not a rate: write whole transactions per second such as 12000, or"
            + " a percentage of the closed loop's such as 60%",
        "--rate 30%,-5 | '-5' is not a rate: write whole transactions per second such as 12000, or"
            + " a percentage of the closed loop's such as 60%",
        "--rate 0 | rate 0 is out of range: 1 to 10000000 transactions per second",
        "--rate 20000000 | rate 20000000 is out of range: 1 to 10000000 transactions per second",
        "--rate 2000% | rate 2000% is out of range: 1% to 1000% of the closed loop's",
        "--rate 100 --arrivals bursty | unknown arrivals 'bursty': one of fixed, poisson",
        "--arrivals fixed | --arrivals is of an open loop: give the rates, too, such as --rate"
            + " 30%,60%,90%",
        "--p99-bound 2ms | --p99-bound is of an open loop: give the rates, too, such as --rate"
            + " 30%,60%,90%",
        "--rate 100 --p99-bound 2 | --p99-bound '2' is not a time over 0: write one with its unit,"
            + " such as 500us or 2ms",
        "--rate 100 --p99-bound 0ms | --p99-bound '0ms' is not a time over 0: write one with its"
            + " unit, such as 500us or 2ms",
        "--rate 100 --busy-memory triad | --rate and --busy-memory are two questions: ask them in"
            + " two runs",
        "--rate 100 --drain-only | --rate is for whole transfers, not for --drain-only: leave one"
            + " of them out",
        "--overhead --rate 100 | --overhead is a question of its own: ask --rate or --busy-memory"
            + " in another run",
        "--overhead --busy-memory triad | --overhead is a question of its own: ask --rate or"
            + " --busy-memory in another run",
        "--overhead --profiler cpu | --overhead measures every profiler by itself: leave --profiler"
            + " out",
        "--memory ram --profiler gc | unknown profiler 'gc': one of cpu, dram, kernel (stages, pins"
            + " and CPU time are always on)",
        "--memory ram --timeout 0 | timeout 0 is out of range: at least 1 second",
        "--memory ram --timeout -5 | timeout -5 is out of range: at least 1 second"
      })
  void aCombinationThatMakesNoSenseIsOneLineThatSaysWhy(String arguments, String message) {
    assertRefusedBeforeAnything(arguments, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run --depth x | Invalid value for option '--depth' (N): 'x' is not an int: see 'p2pbench"
            + " run --help'",
        "run --memory | Missing required parameter for option '--memory' (KIND): see 'p2pbench run"
            + " --help'",
        "run --nonsense | Unknown option: '--nonsense': see 'p2pbench run --help'",
        "run --memroy ram | Unknown option: '--memroy': did you mean --memory? See"
            + " 'p2pbench run --help'",
        "bogus | Unmatched argument at index 0: 'bogus': did you mean versus-fio? See 'p2pbench"
            + " --help'",
        "prob | Unmatched argument at index 0: 'prob': did you mean probe? See 'p2pbench --help'"
      })
  void aMistypedCommandLineIsOneLine(String arguments, String message) {
    assertThat(execute(arguments.split(" "))).isEqualTo(2);
    assertThat(err).hasToString("p2pbench: " + message + "\n");
  }

  @Test
  void jmhsOwnRefusalIsOneLine() {
    assertRefusedBeforeAnything(
        "--memory ram -- -zzz",
        "JMH does not take what stands after --: z is not a recognized option; java -jar"
            + " benchmarks.jar -h lists its options");
    assertRefusedBeforeAnything(
        "--memory ram -- -i many",
        "JMH does not take what stands after --: Cannot parse argument 'many' of option i; java"
            + " -jar benchmarks.jar -h lists its options");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-f 2 | -f | use --rounds before --",
        "-t 4 | -t | use --threads before --",
        "-bm avgt -tu us | -bm | use java -jar benchmarks/target/benchmarks.jar, the plain JMH jar",
        "-tu us | -tu | use java -jar benchmarks/target/benchmarks.jar, the plain JMH jar",
        "-p blockBytes=4096 | -p | use --memory, --pinning, --engine, --size and the like before --",
        "TransferBenchmark | benchmark name 'TransferBenchmark' | use --memory, --pinning, --engine,"
            + " --size and the like before --",
        "-rff mine.json | -rff | jmh.json of the run directory has it",
        "-h | -h | use java -jar benchmarks/target/benchmarks.jar, the plain JMH jar",
        "-l | list (-l, -lp, -lprof, -lrf) | use java -jar benchmarks/target/benchmarks.jar, the"
            + " plain JMH jar"
      })
  void jmhsOptionsForWhatThePlanSaysAreRefused(String given, String option, String instead) {
    assertRefusedBeforeAnything(
        "--memory ram -- " + given,
        "after -- JMH's %s has no place in a run, whose plan decides that: %s"
            .formatted(option, instead));
  }

  @Test
  void nothingIsMadeForARunThatCannotBegin() {
    String deep = directory.resolve("a/b/c").toString();

    assertThat(execute("run", "--memory", "dram", "--out", deep)).isEqualTo(2);
    assertThat(directory).isEmptyDirectory();
    assertThat(execute("run", "--memory", "ram", "--out", deep, "--dir", "/nowhere")).isEqualTo(2);
    assertThat(directory).isEmptyDirectory();
    assertThat(execute("run", "--memory", "ram", "--out", deep, "--dir", "/proc")).isEqualTo(2);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void cmbWithoutOneIsSomethingThatThisMachineCannotDo() {
    assumeTrue(
        DeviceDiscovery.ofThisMachine().controllers().isEmpty(),
        "this machine has an NVMe controller, which may have a CMB");

    assertThat(run("--memory cmb")).isEqualTo(3);
    assertThat(err)
        .hasToString(
            "p2pbench: no CMB to use on this machine: it has no NVMe controller; --memory"
                + " cmb-emulated stands in for a CMB\n");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void tmpfsIsRefusedForWhatClaimsToBeDirect() {
    Path memory = Path.of("/dev/shm");
    assumeTrue(Files.isWritable(memory), "there is no writable /dev/shm on this machine");

    assertRefusedBeforeAnything(
        "--memory ram --dir /dev/shm",
        "'/dev/shm' cannot be measured with O_DIRECT: tmpfs accepts O_DIRECT but copies: nothing is"
            + " pinned: use a directory on ext4 or xfs (--dir), or --memory page-cache");
  }

  @Test
  void placesThatAreNotThereAreNamed() {
    Path absent = directory.resolve("absent");

    assertRefusedBeforeAnything(
        "--memory ram --dir " + absent,
        "'%s': no such file or device, or no permission to look at it: check the path"
            .formatted(absent));
    assertRefusedBeforeAnything(
        "--memory ram --source " + absent,
        "'%s': no such file or device, or no permission to look at it: check the path"
            .formatted(absent));
    assertRefusedBeforeAnything(
        "--memory ram --target " + absent + "/new",
        "target '%s/new': there is no directory '%s': make it, or give another path"
            .formatted(absent, absent));
  }

  @Test
  void anExistingFileIsNeverATarget() throws IOException {
    Path precious = Files.writeString(directory.resolve("precious"), "mine");

    assertThat(run("--memory ram --target " + precious)).isEqualTo(2);
    assertThat(err)
        .hasToString(
            "p2pbench: target '%s' is an existing file, and those are never overwritten: give a path"
                    .formatted(precious)
                + " that does not exist yet, or leave the target out for a fresh file below"
                + " --dir\n");
    assertThat(precious).hasContent("mine");
    assertThat(directory.toFile().list()).containsExactly("precious");
  }

  @Test
  void aDeviceIsATargetOnlyWithConsentAndOnlyWhileNobodyUsesIt() {
    LoopDisk.assumeUsable();
    try (LoopDisk disk = LoopDisk.create(directory, 16)) {
      Path device = disk.device();
      assertThat(run("--memory ram --target " + device)).isEqualTo(2);
      assertThat(err)
          .hasToString(
              "p2pbench: target '%s' is a block device: everything on it would be lost; to allow that,"
                      .formatted(device)
                  + " give --destroy %s\n".formatted(device));

      LoopDisk.run("mkfs.ext4", "-q", device.toString());
      Path point = disk.mount(device, "ro");
      String before = LoopDisk.checksum(device);
      assertThat(run("--memory ram --target " + device + " --destroy " + device)).isEqualTo(3);
      assertThat(err)
          .hasToString(
              "p2pbench: target '%s' may not be written: it is mounted at %s (ext4): end that use"
                      .formatted(device, point)
                  + " first, or give another target\n");
      assertThat(LoopDisk.checksum(device)).isEqualTo(before);
    }
  }

  @Test
  void consentWithoutATargetIsAMistake() {
    assertRefusedBeforeAnything(
        "--memory ram --destroy /dev/nothing",
        "--destroy names '/dev/nothing' but there is no --target: name the device there too");
  }

  @Test
  void aSignatureWithoutItsDeviceIsAMistake() {
    assertRefusedBeforeAnything(
        "--memory ram --destroy-signature ext4",
        "--destroy-signature 'ext4' belongs to no device: give --destroy DEVICE before it, or leave"
            + " it out");
  }

  @ParameterizedTest
  @ValueSource(strings = {"extra", "--memory ram extra", "extra -- -i 2", "extra -- extra"})
  void whatStandsBeforeJmhsOptionsIsNotTakenForOne(String arguments) {
    assertRefusedBeforeAnything(
        arguments,
        "unknown argument 'extra': options begin with --, and what is for JMH stands after a -- of"
            + " its own: see 'run --help'");
  }

  @Test
  void aRunDirectoryThatHoldsSomethingIsLeftAsItIs() throws IOException {
    Path results = Files.createDirectory(directory.resolve("out"));
    Files.writeString(results.resolve("rows.json"), "{}");
    assertThat(run("--memory ram")).isEqualTo(2);
    assertThat(err)
        .hasToString(
            "p2pbench: --out '%s' holds another run already, and nothing is overwritten: name a"
                    .formatted(results)
                + " new directory\n");
    assertThat(results.toFile().list()).containsExactly("rows.json");

    Files.move(results.resolve("rows.json"), results.resolve("thesis.txt"));
    assertThat(run("--memory ram")).isEqualTo(2);
    assertThat(err)
        .hasToString(
            "p2pbench: --out '%s' holds other files already, and nothing is overwritten: name a"
                    .formatted(results)
                + " new directory\n");
    assertThat(results.toFile().list()).containsExactly("thesis.txt");
  }

  @Test
  void aRunDirectoryThatIsAFileIsRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("out"), "mine");

    assertThat(run("--memory ram")).isEqualTo(2);
    assertThat(err)
        .hasToString(
            "p2pbench: --out '%s' is not a directory: name one that is new or empty\n"
                .formatted(file));
    assertThat(file).hasContent("mine");
  }

  @Test
  void aRunDirectoryThatCannotBeMadeIsRefused() {
    LoopDisk.assumeUsable();
    try (LoopDisk disk = LoopDisk.create(directory, 16)) {
      LoopDisk.run("mkfs.ext4", "-q", disk.device().toString());
      Path point = disk.mount(disk.device(), "ro");
      String[] arguments = {"run", "--memory", "ram", "--out", point + "/run"};

      assertThat(execute(arguments)).isEqualTo(2);
      assertThat(err)
          .hasToString(
              "p2pbench: --out '%s/run' cannot be written (Read-only file system): name a directory"
                      .formatted(point)
                  + " that this user may write to\n");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', p2pbench probe",
    "run, p2pbench run --memory cmb|ram --size 4k|64k|1M --depth 1|32",
    "probe, p2pbench probe",
    "versus-fio, p2pbench versus-fio --case uring-128k --dir /mnt/nvme --pairs 9",
    "ab, p2pbench ab --a old/benchmarks.jar --b new/benchmarks.jar",
    "calibrate, p2pbench calibrate --profile smoke"
  })
  void helpShowsExamplesAndEndsWell(String command, String example) {
    String[] arguments =
        command.isEmpty() ? new String[] {"--help"} : new String[] {command, "--help"};

    assertThat(execute(arguments)).isZero();
    assertThat(out.toString()).contains("Example").contains(example.replace('|', ','));
    assertThat(out.toString().lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--a no.jar --b '' | --a: no jar can be read at '%s/no.jar': name a benchmarks.jar",
        "--a '' --b --sizes=4k | --b '--sizes=4k': Unknown option: '--sizes=4k': 'run --help' lists"
            + " what a side takes",
        "--a --size=4k --b --size=64k --memory ram | --a and --b measure different rows, such as"
            + " 'transfer-ram-per-transaction-io_uring-4096-d1-t1' on one side only: let them differ"
            + " in jar, places or JVM; memories and pinnings are compared by a run's own report",
        "--a '' --b '' extra | unknown argument 'extra': options begin with --, and what is for JMH"
            + " stands after a -- of its own: see 'run --help'",
        "--a '' --b '' --memory dram | unknown memory 'dram': one of cmb, cmb-emulated, ram,"
            + " page-cache",
        "--a '' --b '' --rate 60% | --rate in per cent would be another rate on each side: give"
            + " transactions per second",
        "--a --rate=60% --b '' --memory ram | --rate in per cent would be another rate on each"
            + " side: give transactions per second",
        "--a '' --b '' --screen-forks 3 | fewer than 4 forks of each side can never tell two sides"
            + " apart: raise --screen-forks and --confirm-forks"
      })
  void sidesThatCannotBeComparedAreOneLine(String arguments, String message) {
    List<String> line = new ArrayList<>(List.of("ab", "--out", directory + "/out"));
    for (String word : arguments.split(" ")) {
      line.add(word.equals("''") ? "" : word);
    }

    assertThat(execute(line.toArray(String[]::new))).isEqualTo(2);
    assertThat(err)
        .hasToString(
            "p2pbench: " + message.formatted(Path.of("").toAbsolutePath().toString()) + "\n");
    assertThat(directory).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--dir='%s/two disks'",
        "--dir=%s/\"two disks\"",
        "--dir %s/two\\ disks",
        "'--dir' \"%s/two disks\"",
        "  --dir=%s/t'wo 'di\"sk\"s "
      })
  void aSideIsReadAsAShellReadsIt(String side) {
    String a = side.formatted(directory);

    assertThat(execute("ab", "--a", a, "--b", "", "--memory", "ram", "--out", directory + "/out"))
        .isEqualTo(2);
    assertThat(err)
        .hasToString(
            "p2pbench: '%s/two disks': no such file or device, or no permission to look at it: check the path\n"
                .formatted(directory));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--dir='/mnt/two disks", "--dir=\"/mnt/'two'", "--dir /mnt/two\\"})
  void aSideWhoseQuoteIsNotClosedIsOneLine(String side) {
    assertThat(
            execute("ab", "--a", "", "--b", side, "--memory", "ram", "--out", directory + "/out"))
        .isEqualTo(2);
    assertThat(err)
        .hasToString(
            "p2pbench: --b %s: what %s begins is not ended: end it, or put \\ before it\n"
                .formatted(side, side.contains("\"") ? "\"" : side.contains("'") ? "'" : "\\"));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aNoiseFloorNeedsTenForks() {
    assertThat(execute("calibrate", "--forks", "9")).isEqualTo(2);
    assertThat(err).hasToString("p2pbench: --forks 9 is too few for a noise floor: at least 10\n");
  }

  @Test
  void aNoiseFloorIsOfRatesThatAreKnown() {
    String root = directory.resolve("out").toString();

    assertThat(execute("calibrate", "--out", root, "--memory", "ram", "--rate", "60%,2000"))
        .isEqualTo(2);
    assertThat(err)
        .hasToString(
            "p2pbench: --rate in per cent would be another rate on each side: give transactions per"
                + " second\n");
    assertThat(directory).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--pairs 0", "--seconds 0"})
  void versusFioNeedsSomethingToCompare(String arguments) {
    assertThat(execute(("versus-fio " + arguments).split(" "))).isEqualTo(2);
    assertThat(err).hasToString("p2pbench: --pairs and --seconds are at least 1: raise them\n");
  }

  @Test
  void versusFioNamesItsCases() {
    assertThat(execute("versus-fio", "--case", "nvme")).isEqualTo(2);
    assertThat(err).hasToString("p2pbench: unknown case 'nvme': one of sync-4k, uring-128k\n");
  }

  @Test
  void versusFioNeedsADirectoryThatIsThere() {
    Path absent = directory.resolve("absent");

    assertThat(execute("versus-fio", "--dir", absent.toString())).isEqualTo(2);
    assertThat(err)
        .hasToString(
            "p2pbench: --dir '%s' is no directory that can be seen: make it, or give another\n"
                .formatted(absent));
  }

  private void assertRefusedBeforeAnything(String arguments, String message) {
    assertThat(run(arguments)).as(err.toString()).isEqualTo(2);
    assertThat(err).hasToString("p2pbench: " + message + "\n");
    assertThat(directory).isEmptyDirectory();
  }

  private int run(String arguments) {
    List<String> line =
        new ArrayList<>(List.of("run", "--out", directory.resolve("out").toString()));
    // The checkout may lie below a directory with a blank in its name.
    for (String word : arguments.replace(directory.toString(), "@directory@").split(" ")) {
      line.add(word.replace("@directory@", directory.toString()));
    }
    return execute(line.toArray(String[]::new));
  }

  private int execute(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }
}
