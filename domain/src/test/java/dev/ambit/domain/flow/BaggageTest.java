package dev.ambit.domain.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.view.TestMesh;
import dev.ambit.domain.workload.Locality;
import dev.ambit.domain.workload.WorkloadType;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BaggageTest {

    @Test
    void hasIstiosKeysInIstiosOrder() {
        var workload = TestMesh.pod("cart", "10.0.0.1")
                .workloadType(WorkloadType.DEPLOYMENT)
                .locality(new Locality("eu", "eu-1", "ignored"))
                .build();

        assertThat(Baggage.of(workload).format())
                .isEqualTo("k8s.cluster.name=Kubernetes,k8s.namespace.name=shop,k8s.deployment.name=cart-deployment,"
                        + "service.name=cart-app,service.version=v1,cloud.region=eu,cloud.availability_zone=eu-1");
        assertThat(Baggage.EMPTY.format()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "service.name=a | a",
                "' service.name = a ;ttl=1, x=y' | a",
                "service.name=a,service.name=b | b",
                "service.name=a%20b%2Cc | a b,c",
                "service.name=%C3%A9 | é",
                "service.name=100%,y=z | 100%",
                "service.name=%zz | %zz",
                "service.name=a%0Ab | ''",
                "service.name | ''",
                "=a | ''",
                "',,,;;==' | ''",
            })
    void readsWhatMakesSense(String text, String service) {
        assertThat(Baggage.parse(text).service()).isEqualTo(service);
    }

    @Property(tries = 500)
    void whatIsWrittenIsRead(@ForAll @StringLength(max = 30) String one, @ForAll @StringLength(max = 30) String two) {
        String name = plain(one);
        String other = plain(two);
        var baggage = new Baggage(name, other, name.isEmpty() ? "" : "job", name, other, name, other, name);

        assertThat(Baggage.parse(baggage.format())).isEqualTo(baggage);
        assertThat(baggage.format()).matches("[\\x21-\\x7e]*");
    }

    /** Half a surrogate pair is no text, and control characters are left out by the reader. */
    private static String plain(String text) {
        return text.codePoints()
                .filter(c -> !Character.isISOControl(c) && (c < 0xd800 || c > 0xdfff))
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Property(tries = 1000)
    void garbageIsNeverAnError(@ForAll String text, @ForAll long seed) {
        var random = new Random(seed);
        var soup = new StringBuilder(text);
        for (int i = 0; i < 20; i++) {
            String[] pieces = {"k8s.", ".name", "=", ",", ";", "%", "%4", "service.name=", "k8s.pod.name=x", "k8s.name="
            };
            soup.append(pieces[random.nextInt(pieces.length)]);
        }
        assertThat(Baggage.parse(soup.toString())).isNotNull();
        assertThat(Forwarded.host(soup.toString())).isNotNull();
        assertThat(Authority.parse(soup.toString())).isNotNull();
    }

    @Test
    void aTextThatIsTooLongSaysNothing() {
        assertThat(Baggage.parse("service.name=a," + "x".repeat(8_192)).isEmpty())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "for=\"1.2.3.4:5\";host=Cart.shop | cart.shop",
                "Host=\"cart.shop\";for=x | cart.shop",
                "for=\"[::1]:5\" | ''",
                "by=a;for=b;host=example.com;proto=https | example.com",
                "by=a;for=b;host=\"example.com\";proto=https | example.com",
                "by=a;for=b;proto=https | ''",
                "by=a;for=b;host=;proto=https | ''",
                "for=a;by=b;host=c;proto=\"pr\u00f6to\" | ''",
                "host=c\u00e4rt.shop | ''",
                "for=a, host=b | ''",
                "host= | ''",
                "host=\" | \"",
            })
    void theForwardedHostIsFound(String header, String host) {
        assertThat(Forwarded.host(header)).isEqualTo(host);
    }
}
