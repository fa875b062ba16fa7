// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PciAddressTest {
  @Test
  void readsTheFullFormInAnyCase() {
    assertThat(PciAddress.parse("0000:AF:1f.7")).isEqualTo(new PciAddress(0, 0xaf, 0x1f, 7));
  }

  @Test
  void assumesDomainZeroInTheShortForm() {
    assertThat(PciAddress.parse("03:00.0")).hasToString("0000:03:00.0");
  }

  @Test
  void readsTheWideDomainsOfDrivesBehindVmd() {
    assertThat(PciAddress.parse("10000:e1:00.0")).hasToString("10000:e1:00.0");
  }

  @Test
  void ordersByDomainBusDeviceAndFunction() {
    List<PciAddress> sorted =
        List.of("10000:00:00.0", "0000:0a:00.0", "0000:09:00.1", "0000:09:00.0").stream()
            .map(PciAddress::parse)
            .sorted()
            .toList();

    assertThat(sorted)
        .extracting(PciAddress::toString)
        .containsExactly("0000:09:00.0", "0000:09:00.1", "0000:0a:00.0", "10000:00:00.0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "03:00", "03:20.0", "03:00.8", "3:0.0", "zz:00.0", " 03:00.0"})
  void refusesWhatIsNoAddressAndShowsTheForm(String text) {
    assertThatThrownBy(() -> PciAddress.parse(text))
        .isInstanceOf(DiscoveryException.class)
        .hasMessage(
            "'"
                + text
                + "' is not a PCI address: write domain:bus:device.function in hexadecimal with"
                + " device up to 1f and function up to 7, such as 0000:03:00.0")
        .extracting("exitCode")
        .isEqualTo(2);
  }
}
