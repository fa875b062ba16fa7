// SPDX-License-Identifier: Apache-2.0
/**
 * The report: {@link org.p2pbench.reports.page.ReportBuilder} turns an analysis into sections of
 * tables and charts, {@link org.p2pbench.reports.page.ReportWriter} writes them as HTML, Markdown
 * and pictures. A new section is one {@link org.p2pbench.reports.page.SectionBuilder}.
 */
package org.p2pbench.reports.page;
