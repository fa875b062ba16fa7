// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.p2pbench.discovery.CmbRegisters;
import org.p2pbench.discovery.PciAddress;

/** A diagnosis for machines: doctor.json as reports/run-directory.md describes it. Stateless. */
public final class DoctorJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String FORMAT = "p2pbench-doctor";
  private static final int VERSION = 1;

  private DoctorJson() {}

  /** The whole file. */
  public static ObjectNode of(Diagnosis diagnosis) {
    ObjectNode tree = JSON.objectNode().put("format", FORMAT).put("version", VERSION);
    tree.put("answer", diagnosis.answer().word())
        .put("reason", diagnosis.reason())
        .put("remedy", diagnosis.remedy().orElse(null))
        .put("cmb", diagnosis.asked().map(p -> p.node().address().toString()).orElse(null));
    tree.set("host", host(diagnosis.host()));
    tree.set("legs", array(diagnosis.legs().stream().map(DoctorJson::leg).toList()));
    tree.set("providers", array(diagnosis.providers().stream().map(DoctorJson::provider).toList()));
    tree.set("paths", array(diagnosis.paths().stream().map(DoctorJson::path).toList()));
    tree.set("checks", array(diagnosis.checks().stream().map(DoctorJson::check).toList()));
    tree.set(
        "topology", array(diagnosis.topology().nodes().stream().map(DoctorJson::node).toList()));
    return tree;
  }

  private static ObjectNode host(Diagnosis.Host host) {
    ObjectNode node =
        JSON.objectNode()
            .put("kernel", host.kernel())
            .put("cpuVendor", host.cpu().vendor())
            .put("cpuModel", host.cpu().model());
    put(node, "cpuFamily", host.cpu().family());
    return node.put("cpuTrusted", host.cpu().trusted())
        .put("iommu", host.iommu())
        .put("administrator", host.administrator())
        .put("hostBridgesCheckedUpTo", host.hostBridgesChecked().toString());
  }

  private static ObjectNode leg(Leg leg) {
    ObjectNode node =
        JSON.objectNode()
            .put("stage", leg.stage())
            .put("place", leg.place())
            .put("answer", leg.answer().word())
            .put("reason", leg.reason())
            .put("remedy", leg.remedy().orElse(null));
    return node.set("paths", array(leg.paths().stream().map(DoctorJson::path).toList()));
  }

  private static ObjectNode provider(Provider provider) {
    ObjectNode node =
        JSON.objectNode()
            .put("address", provider.node().address().toString())
            .put("name", provider.name())
            .put("offered", provider.offered())
            .put("bytes", provider.bytes())
            .put("availableBytes", provider.availableBytes())
            .put("published", provider.published());
    node.set("registers", provider.registers().map(DoctorJson::registers).orElse(null));
    return node.put("answer", provider.answer().word())
        .put("obstacle", provider.obstacle().map(Provider.Obstacle::reason).orElse(null));
  }

  private static ObjectNode registers(CmbRegisters registers) {
    return JSON.objectNode()
        .put("cmbsz", registers.cmbsz())
        .put("cmbloc", registers.cmbloc())
        .put("bytes", registers.sizeBytes())
        .put("bar", registers.bar())
        .put("offsetBytes", registers.offsetBytes())
        .put("readData", registers.readData())
        .put("writeData", registers.writeData());
  }

  private static ObjectNode path(PeerPath path) {
    ObjectNode node =
        JSON.objectNode()
            .put("provider", path.provider().address().toString())
            .put("client", path.client().address().toString())
            .put("verdict", path.verdict().map(PeerVerdict::word).orElse("unknown"))
            .put("allowed", path.allowed().word());
    node.set(
        "possible", texts(new TreeSet<>(path.possible()).stream().map(PeerVerdict::word).toList()));
    node.put("distance", path.allowed() == Answer.NO ? null : Integer.valueOf(path.distance()));
    node.set("ports", addresses(path.ports()));
    node.put("commonPort", path.commonPort().map(PciAddress::toString).orElse(null));
    node.set("redirecting", addresses(path.redirecting()));
    node.set("unseen", addresses(path.unseen()));
    node.set("evidence", texts(path.evidence()));
    return node.put("reason", path.reason());
  }

  private static ObjectNode check(Check check) {
    ObjectNode node =
        JSON.objectNode()
            .put("topic", check.topic())
            .put("subject", check.subject().orElse(null))
            .put("verdict", check.status().word())
            .put("finding", check.finding());
    node.set("evidence", texts(check.evidence()));
    return node.put("remedy", check.remedy().orElse(null));
  }

  private static ObjectNode node(PciNode function) {
    ObjectNode node =
        JSON.objectNode()
            .put("address", function.address().toString())
            .put("parent", function.parent().map(PciAddress::toString).orElse(null))
            .put("hostBridge", function.hostBridge())
            .put("ids", function.ids())
            .put("class", "0x%06x".formatted(Math.max(function.classCode(), 0)))
            .put("kind", function.kind())
            .put("driver", function.driver().orElse(null))
            .put("iommuGroup", function.iommuGroup().orElse(null));
    put(node, "numaNode", function.numaNode());
    Acs acs = function.config().acs();
    node.put("acs", acs.state().name().toLowerCase(java.util.Locale.ROOT));
    node.put(
        "acsControl", acs.state() == Acs.State.PRESENT ? Integer.valueOf(acs.control()) : null);
    node.put("linkSpeed", function.link().speed());
    put(node, "linkWidth", function.link().width());
    node.put("bestLinkSpeed", function.link().bestSpeed());
    put(node, "bestLinkWidth", function.link().bestWidth());
    return node.put("powerState", function.powerState());
  }

  private static void put(ObjectNode node, String name, OptionalInt value) {
    node.put(name, value.isPresent() ? Integer.valueOf(value.getAsInt()) : null);
  }

  private static ArrayNode addresses(List<PciAddress> addresses) {
    return texts(addresses.stream().map(PciAddress::toString).toList());
  }

  private static ArrayNode texts(List<String> texts) {
    ArrayNode array = JSON.arrayNode();
    texts.forEach(array::add);
    return array;
  }

  private static ArrayNode array(Collection<ObjectNode> nodes) {
    ArrayNode array = JSON.arrayNode();
    nodes.forEach(array::add);
    return array;
  }
}
