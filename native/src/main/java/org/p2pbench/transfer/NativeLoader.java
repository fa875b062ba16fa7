// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds libp2pbench and binds {@link LibP2pbench} to it.
 *
 * <p>The library comes with the jar, below JNA's resource prefix of this platform. The system
 * property {@value #PATH_PROPERTY} names another one, and then that is the only one tried.
 */
public final class NativeLoader {
  /** System property: path of the one library to use. */
  public static final String PATH_PROPERTY = "p2pbench.native.path";

  private static final String FILE_NAME = "libp2pbench.so";

  private static volatile String loadedFrom;

  private NativeLoader() {}

  /**
   * Loads the library, unless that has been done. A program calls it first, so that a library that
   * does not load is one message; everything else here calls it as needed.
   *
   * @return where the library was found
   * @throws NativeLoadException no library could be loaded, or it has another ABI
   */
  public static String load() {
    if (loadedFrom == null) {
      loadOnce();
    }
    return loadedFrom;
  }

  private static synchronized void loadOnce() {
    if (loadedFrom == null) {
      String named = System.getProperty(PATH_PROPERTY);
      loadedFrom = named == null ? bindOwn() : bindNamed(Path.of(named));
    }
  }

  private static String bindNamed(Path path) {
    String reason = tryToBind(path, path.toString());
    if (reason != null) {
      throw new NativeLoadException(List.of(path + " (" + reason + ")"), true);
    }
    return path.toString();
  }

  private static String bindOwn() {
    String resource = Platform.RESOURCE_PREFIX + "/" + FILE_NAME;
    URL url = NativeLoader.class.getClassLoader().getResource(resource);
    if (url == null) {
      throw new NativeLoadException(List.of(resource + " on the class path (not there)"), false);
    }
    List<String> tried = new ArrayList<>();
    for (Path directory : extractionDirectories()) {
      String reason = extractAndBind(url, directory);
      if (reason == null) {
        return url.toString();
      }
      tried.add(url + " by way of " + directory + " (" + reason + ")");
    }
    throw new NativeLoadException(tried, false);
  }

  /** The second one is for a first one that is full, or mounted noexec. */
  private static List<Path> extractionDirectories() {
    return List.of(
        Path.of(System.getProperty("java.io.tmpdir")),
        Path.of(System.getProperty("user.home"), ".cache"));
  }

  /** Null when it worked, else why it did not. */
  private static String extractAndBind(URL url, Path directory) {
    Path copy = null;
    try (InputStream library = url.openStream()) {
      Files.createDirectories(directory);
      copy = Files.createTempFile(directory, "p2pbench-", ".so");
      Files.copy(library, copy, StandardCopyOption.REPLACE_EXISTING);
      return tryToBind(copy, url.toString());
    } catch (IOException e) {
      return e.toString();
    } finally {
      deleteQuietly(copy); // the mapping keeps the file's bytes
    }
  }

  private static void deleteQuietly(Path copy) {
    try {
      if (copy != null) {
        Files.deleteIfExists(copy);
      }
    } catch (IOException e) {
      copy.toFile().deleteOnExit();
    }
  }

  /** Null when it worked, else why it did not; throws when a library is there, but not ours. */
  private static String tryToBind(Path path, String shownAs) {
    if (!Files.exists(path)) {
      return "no such file";
    }
    try {
      NativeLibrary library = NativeLibrary.getInstance(path.toAbsolutePath().toString());
      checkAbi(library, shownAs);
      Native.register(LibP2pbench.class, library);
      return null;
    } catch (LinkageError e) {
      return reason(e);
    }
  }

  private static void checkAbi(NativeLibrary library, String shownAs) {
    int abi = library.getFunction("p2p_abi_version").invokeInt(new Object[0]);
    if (abi != LibP2pbench.ABI_VERSION) {
      library.close();
      throw NativeLoadException.otherAbi(shownAs, abi);
    }
  }

  /** JNA wraps what dlopen(3) said: its own text only lists all the names it tried. */
  private static String reason(LinkageError e) {
    Throwable[] tried = e.getSuppressed();
    return firstLine(tried.length > 0 ? tried[0].getMessage() : e.getMessage());
  }

  private static String firstLine(String text) {
    return text == null ? "unknown reason" : text.lines().findFirst().orElse("unknown reason");
  }
}
