// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.environment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.p2pbench.discovery.BlockDevice;
import org.p2pbench.discovery.Cmb;
import org.p2pbench.discovery.CmbChoice;
import org.p2pbench.discovery.KernelFiles;
import org.p2pbench.discovery.Mount;
import org.p2pbench.discovery.NvmeController;
import org.p2pbench.discovery.PciAddress;
import org.p2pbench.discovery.PciFunction;
import org.p2pbench.discovery.Place;

/** Writes what discovery found in the words of environment.json. Stateless. */
final class StorageFacts {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private StorageFacts() {}

  static JsonNode place(Optional<Place> place) {
    return place.map(StorageFacts::place).map(JsonNode.class::cast).orElse(JSON.nullNode());
  }

  static JsonNode cmb(Optional<CmbChoice> choice) {
    return choice.map(StorageFacts::cmb).map(JsonNode.class::cast).orElse(JSON.nullNode());
  }

  static ArrayNode controllers(List<NvmeController> controllers) {
    ArrayNode array = JSON.arrayNode();
    controllers.forEach(controller -> array.add(controller(controller)));
    return array;
  }

  static ArrayNode topology(List<PciFunction> functions) {
    ArrayNode array = JSON.arrayNode();
    for (PciFunction function : functions) {
      array.add(
          JSON.objectNode()
              .put("address", function.address().toString())
              .put("parent", function.parent().map(PciAddress::toString).orElse(null))
              .put("class", function.classCode())
              .put("vendor", function.vendor())
              .put("device", function.device()));
    }
    return array;
  }

  private static ObjectNode place(Place place) {
    Optional<BlockDevice> device = place.blockDevice();
    ObjectNode node =
        JSON.objectNode()
            .put("path", place.path().toString())
            .put("kind", place.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    node.put("bytes", place.bytes().isPresent() ? Long.valueOf(place.bytes().getAsLong()) : null);
    node.put("filesystem", place.filesystem())
        .put("mountOptions", place.mount().map(Mount::optionsText).orElse("none"))
        .put("blockDevice", device.map(BlockDevice::name).orElse(null));
    put(
        node,
        "logicalBlockBytes",
        device.map(BlockDevice::logicalBlockBytes).orElse(OptionalInt.empty()));
    String controllers =
        place.controllers().stream().map(NvmeController::name).collect(Collectors.joining(", "));
    return node.put("scheduler", device.map(BlockDevice::scheduler).orElse(KernelFiles.UNKNOWN))
        .put("controller", controllers.isEmpty() ? null : controllers);
  }

  private static ObjectNode cmb(CmbChoice choice) {
    ObjectNode node =
        JSON.objectNode()
            .put("controller", choice.controller().name())
            .put("pciAddress", address(choice.controller()))
            .put("reason", choice.reason());
    return node.setAll(cmb(choice.cmb()));
  }

  private static ObjectNode cmb(Cmb cmb) {
    return JSON.objectNode()
        .put("bytes", cmb.sizeBytes())
        .put("availableBytes", cmb.availableBytes())
        .put("published", cmb.published())
        .put("allocatePath", cmb.allocateFile().toString());
  }

  private static ObjectNode controller(NvmeController controller) {
    ObjectNode node =
        JSON.objectNode()
            .put("name", controller.name())
            .put("pciAddress", address(controller))
            .put("model", controller.model())
            .put("serial", controller.serial())
            .put("firmware", controller.firmware());
    put(node, "numaNode", controller.numaNode());
    node.put("linkSpeed", controller.linkSpeed());
    put(node, "linkWidth", controller.linkWidth());
    JsonNode cmb =
        controller.cmb().map(StorageFacts::cmb).map(JsonNode.class::cast).orElse(JSON.nullNode());
    return node.set("cmb", cmb);
  }

  private static String address(NvmeController controller) {
    return controller.pciAddress().map(PciAddress::toString).orElse(null);
  }

  private static void put(ObjectNode node, String name, OptionalInt value) {
    node.put(name, value.isPresent() ? Integer.valueOf(value.getAsInt()) : null);
  }
}
