package dev.ambit.adapters.k8s.manifests;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import dev.ambit.adapters.k8s.translate.FieldPath;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds fields that a kind does not have; Fabric8's models accept anything. Not for sharing between threads. */
final class KnownFields {
    private final ObjectMapper mapper;
    private final Map<JavaType, Map<String, JavaType>> known = new HashMap<>();

    KnownFields(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /** Paths of the fields that the model has no place for. */
    List<FieldPath> unknown(YamlNode node, Class<?> model) {
        var found = new ArrayList<FieldPath>();
        visit(node, mapper.constructType(model), FieldPath.ROOT, found);
        return found;
    }

    private void visit(YamlNode node, JavaType type, FieldPath path, List<FieldPath> found) {
        switch (node) {
            case YamlNode.Scalar _ -> {}
            case YamlNode.Sequence(var items, int _)
            when type.isCollectionLikeType() -> {
                for (int i = 0; i < items.size(); i++) {
                    visit(items.get(i), type.getContentType(), path.child(i), found);
                }
            }
            case YamlNode.Sequence _ -> {}
            case YamlNode.Mapping(var entries, int _)
            when type.isMapLikeType() ->
                entries.forEach((key, entry) -> visit(entry.value(), type.getContentType(), path.child(key), found));
            case YamlNode.Mapping(var entries, int _)
            when isModel(type) ->
                entries.forEach((key, entry) -> {
                    JavaType field = fields(type).get(key);
                    if (field == null) {
                        found.add(path.child(key));
                    } else {
                        visit(entry.value(), field, path.child(key), found);
                    }
                });
            case YamlNode.Mapping _ -> {}
        }
    }

    /** Types that read themselves from any shape have no fields to compare with. */
    private static boolean isModel(JavaType type) {
        return type.isTypeOrSubTypeOf(KubernetesResource.class)
                && !type.isInterface()
                && !type.hasRawClass(Quantity.class)
                && !type.hasRawClass(IntOrString.class);
    }

    private Map<String, JavaType> fields(JavaType type) {
        return known.computeIfAbsent(type, model -> {
            Map<String, JavaType> fields = new HashMap<>();
            for (BeanPropertyDefinition property :
                    mapper.getDeserializationConfig().introspect(model).findProperties()) {
                fields.put(property.getName(), property.getPrimaryType());
            }
            return fields;
        });
    }
}
