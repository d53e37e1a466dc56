package dev.ambit.adapters.k8s.reading;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import dev.ambit.adapters.k8s.translate.FieldPath;
import io.fabric8.istio.api.api.security.v1beta1.AuthorizationPolicyProvider;
import io.fabric8.istio.api.api.security.v1beta1.IsAuthorizationPolicyActionDetail;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds fields that a kind does not have, and enum values that nobody knows: Fabric8's models accept any field, and
 * silently drop such a value, which would turn a misspelled DENY into an ALLOW. Not for sharing between threads.
 */
final class KnownFields {
    /** Fields that stand in the object itself, although the model keeps them in a part of their own. */
    private static final Map<Class<?>, Class<?>> CHOICES =
            Map.of(IsAuthorizationPolicyActionDetail.class, AuthorizationPolicyProvider.class);

    private final ObjectMapper mapper;
    private final Map<JavaType, Map<String, JavaType>> known = new HashMap<>();

    KnownFields(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /** What the model has no place for. */
    sealed interface Unknown {
        FieldPath path();

        String why();

        record Field(FieldPath path) implements Unknown {
            @Override
            public String why() {
                return "unknown field";
            }
        }

        record Value(FieldPath path, String value, List<String> known) implements Unknown {
            @Override
            public String why() {
                return "'" + value + "' is not one of " + known;
            }
        }
    }

    List<Unknown> unknown(JsonNode node, Class<?> model) {
        var found = new ArrayList<Unknown>();
        visit(node, mapper.constructType(model), FieldPath.ROOT, found);
        return found;
    }

    private void visit(JsonNode node, JavaType type, FieldPath path, List<Unknown> found) {
        if (node.isArray()) {
            if (type.isCollectionLikeType()) {
                for (int i = 0; i < node.size(); i++) {
                    visit(node.get(i), type.getContentType(), path.child(i), found);
                }
            }
        } else if (node.isObject()) {
            if (type.isMapLikeType()) {
                node.properties()
                        .forEach(entry ->
                                visit(entry.getValue(), type.getContentType(), path.child(entry.getKey()), found));
            } else if (isModel(type)) {
                node.properties().forEach(entry -> field(entry.getKey(), entry.getValue(), type, path, found));
            }
        } else if (type.isEnumType()) {
            List<String> known = constants(type);
            if (!node.isNull() && !(node.isTextual() && known.contains(node.textValue()))) {
                found.add(new Unknown.Value(path, node.asText(), known));
            }
        }
    }

    private void field(String name, JsonNode value, JavaType type, FieldPath path, List<Unknown> found) {
        JavaType field = fields(type).get(name);
        if (field == null) {
            found.add(new Unknown.Field(path.child(name)));
        } else {
            visit(value, field, path.child(name), found);
        }
    }

    private static List<String> constants(JavaType type) {
        return Arrays.stream(type.getRawClass().getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name())
                .toList();
    }

    /** Types that read themselves from any shape have no fields to compare with. */
    private static boolean isModel(JavaType type) {
        return type.isTypeOrSubTypeOf(KubernetesResource.class)
                && !type.isInterface()
                && !type.hasRawClass(Quantity.class)
                && !type.hasRawClass(IntOrString.class);
    }

    private Map<String, JavaType> fields(JavaType type) {
        Map<String, JavaType> found = known.get(type);
        if (found == null) {
            found = introspected(type);
            known.put(type, found);
        }
        return found;
    }

    private Map<String, JavaType> introspected(JavaType model) {
        Map<String, JavaType> fields = new HashMap<>();
        for (BeanPropertyDefinition property :
                mapper.getDeserializationConfig().introspect(model).findProperties()) {
            fields.put(property.getName(), property.getPrimaryType());
            Class<?> choice = CHOICES.get(property.getRawPrimaryType());
            if (choice != null) {
                fields.putAll(fields(mapper.constructType(choice)));
            }
        }
        return fields;
    }
}
