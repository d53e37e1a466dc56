package dev.ambit.adapters.k8s.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ambit.adapters.k8s.manifests.YamlObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cases of Kubernetes' own tests and documentation, in our words. */
class StrategicMergeTest {
    private static ObjectNode yaml(String text) {
        return YamlObject.ours(text).getFirst();
    }

    @ParameterizedTest(name = "{0} with {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{a: 1} | {b: 2} | {a: 1, b: 2}",
                "{a: 1} | {a: 2} | {a: 2}",
                "{a: 1, b: 2} | {a: null} | {b: 2}",
                "{a: 1} | {b: null} | {a: 1}",
                "{a: {b: 1}} | {a: {c: 2}} | {a: {b: 1, c: 2}}",
                "{a: {b: 1}} | {a: {$patch: replace, c: 2}} | {a: {c: 2}}",
                "{a: {b: 1}} | {a: {$patch: delete}} | {a: {}}",
                "{a: text} | {a: {b: 1}} | {a: {b: 1}}",
                "{a: [1, 2]} | {a: [3]} | {a: [3]}",
                "{a: [1, 2, 3]} | {$deleteFromPrimitiveList/a: [2]} | {a: [1, 3]}",
                "{a: 1, b: 2, c: 3} | {$retainKeys: [a, b], a: 4} | {a: 4, b: 2}",
                "{spec: {ports: [{port: 1, name: a}]}} | {spec: {ports: [{port: 2}]}}"
                        + " | {spec: {ports: [{port: 1, name: a}, {port: 2}]}}",
                "{spec: {ports: [{port: 1, name: a}]}} | {spec: {ports: [{port: 1, name: b}]}}"
                        + " | {spec: {ports: [{port: 1, name: b}]}}",
                "{spec: {ports: [{port: 1}, {port: 2}]}} | {spec: {ports: [{port: 1, $patch: delete}]}}"
                        + " | {spec: {ports: [{port: 2}]}}",
                "{spec: {ports: [{port: 1}, {port: 2}]}} | {spec: {ports: [{$patch: replace}, {port: 3}]}}"
                        + " | {spec: {ports: [{port: 3}]}}",
                "{spec: {containers: [{name: a, env: [{name: X, value: 1}]}]}}"
                        + " | {spec: {containers: [{name: a, env: [{name: Y, value: 2}]}]}}"
                        + " | {spec: {containers: [{name: a, env: [{name: X, value: 1}, {name: Y, value: 2}]}]}}",
                "{spec: {containers: [{name: a, args: [x, y]}]}} | {spec: {containers: [{name: a, args: [z]}]}}"
                        + " | {spec: {containers: [{name: a, args: [z]}]}}",
                "{spec: {tolerations: [{key: a}]}} | {spec: {tolerations: [{key: b}]}}"
                        + " | {spec: {tolerations: [{key: b}]}}",
                "{spec: {volumes: [{name: a, emptyDir: {}}]}}"
                        + " | {spec: {volumes: [{name: a, $retainKeys: [name, hostPath], hostPath: {path: /x}}]}}"
                        + " | {spec: {volumes: [{name: a, hostPath: {path: /x}}]}}",
            })
    void changesAreMerged(String object, String change, String merged) throws StrategicMerge.MergeException {
        assertThat(StrategicMerge.merge(yaml(object), yaml(change))).isEqualTo(yaml(merged));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{a: {$patch: mangle}} | $patch is 'mangle'",
                "{spec: {containers: [{image: x}]}} | an item has no 'name'",
                "{spec: {containers: [x]}} | every item must be an object",
            })
    void whatCannotBeMergedSaysWhy(String change, String why) {
        assertThatThrownBy(() -> StrategicMerge.merge(yaml("{spec: {containers: [{name: a}]}}"), yaml(change)))
                .isInstanceOf(StrategicMerge.MergeException.class)
                .hasMessageContaining(why);
    }

    @Test
    void neitherSideIsTouched() throws StrategicMerge.MergeException {
        ObjectNode object = yaml("{a: {b: [1]}}");
        ObjectNode change = yaml("{a: {c: {d: 1}}}");
        ObjectNode merged = StrategicMerge.merge(object, change);
        merged.withObjectProperty("a").withObjectProperty("c").put("d", 2);

        assertThat(object).isEqualTo(yaml("{a: {b: [1]}}"));
        assertThat(change).isEqualTo(yaml("{a: {c: {d: 1}}}"));
    }
}
