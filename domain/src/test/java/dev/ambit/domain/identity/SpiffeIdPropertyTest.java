package dev.ambit.domain.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.identity.SpiffeId.Parsed;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SpiffeIdPropertyTest {

    @Property
    void isReadBackFromItsText(
            @ForAll("segments") String domain,
            @ForAll("segments") String namespace,
            @ForAll("segments") String account) {
        var id = new SpiffeId(new TrustDomain(domain), namespace, account);

        assertThat(SpiffeId.parse(id.toString())).isEqualTo(new Parsed.Valid(id));
    }

    @Property
    void garbageIsMalformedAndNeverThrows(@ForAll("garbage") String text) {
        switch (SpiffeId.parse(text)) {
            case Parsed.Valid(SpiffeId id) -> assertThat(id).hasToString(text);
            case Parsed.Malformed malformed -> assertThat(malformed.text()).isEqualTo(text);
        }
    }

    @Provide
    Arbitrary<String> segments() {
        return Arbitraries.strings()
                .alpha()
                .numeric()
                .withChars("-._")
                .ofMinLength(1)
                .ofMaxLength(20);
    }

    @Provide
    Arbitrary<String> garbage() {
        Arbitrary<String> pieces = Arbitraries.of("spiffe://", "/ns/", "/sa/", "/", "a", "b.c", " ", "\u0085", "");
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(30),
                pieces.list().ofMaxSize(9).map(list -> "spiffe://" + String.join("", list)),
                pieces.list().ofMaxSize(9).map(list -> String.join("", list)));
    }
}
