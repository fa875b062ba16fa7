// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.charts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("the default locale is everybody's")
class UnitsTest {
  private final Locale before = Locale.getDefault();

  @BeforeEach
  void aLocaleWithADecimalComma() {
    Locale.setDefault(Locale.GERMANY);
  }

  @AfterEach
  void theLocaleOfBefore() {
    Locale.setDefault(before);
  }

  @Test
  void numbersHaveThreeSignificantDigits() {
    assertThat(Units.number(0)).isEqualTo("0");
    assertThat(Units.number(0.0123456)).isEqualTo("0.0123");
    assertThat(Units.number(1)).isEqualTo("1.00");
    assertThat(Units.number(9.996)).isEqualTo("10.0");
    assertThat(Units.number(99.96)).isEqualTo("100");
    assertThat(Units.number(123.456)).isEqualTo("123");
    assertThat(Units.number(1234.5)).isEqualTo("1230");
    assertThat(Units.number(-1.234)).isEqualTo("-1.23");
    assertThat(Units.number(Double.NaN)).isEqualTo("unknown");
  }

  @Test
  void sizesAreBinaryAndTimesDecimal() {
    assertThat(Units.bytes(512)).isEqualTo("512 B");
    assertThat(Units.bytes(4096)).isEqualTo("4 KiB");
    assertThat(Units.bytes(1536)).isEqualTo("1.50 KiB");
    assertThat(Units.bytes(2 << 20)).isEqualTo("2 MiB");
    assertThat(Units.rate(1.5 * (1 << 30))).isEqualTo("1.50 GiB/s");
    assertThat(Units.rate(1000.0 * (1 << 20))).isEqualTo("0.977 GiB/s");
    assertThat(Units.time(4.4)).isEqualTo("4.40 ns");
    assertThat(Units.time(999.4)).isEqualTo("999 ns");
    assertThat(Units.time(999.6)).isEqualTo("1.00 µs");
    assertThat(Units.time(1_230_000)).isEqualTo("1.23 ms");
    assertThat(Units.time(5e12)).isEqualTo("5000 s");
  }

  @Test
  void countsThatAreExactStayExact() {
    assertThat(Units.count(0)).isEqualTo("0");
    assertThat(Units.count(2)).isEqualTo("2");
    assertThat(Units.count(1024)).isEqualTo("1024");
    assertThat(Units.count(1024.4)).isEqualTo("1024");
    assertThat(Units.count(2.0031)).isEqualTo("2.00");
    assertThat(Units.count(0.0004)).isEqualTo("0.000400");
  }
}
