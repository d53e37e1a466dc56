package dev.ambit.domain.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.policy.StringMatch.Exact;
import dev.ambit.domain.policy.StringMatch.Prefix;
import dev.ambit.domain.policy.StringMatch.Presence;
import dev.ambit.domain.policy.StringMatch.Suffix;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PolicyTextPropertyTest {

    @Property
    void starsMakeSuffixAndPrefix(@ForAll("words") String word) {
        assertThat(StringMatch.of("*" + word)).isEqualTo(new Suffix(word));
        assertThat(StringMatch.of(word + "*")).isEqualTo(new Prefix(word));
        assertThat(StringMatch.of(word)).isEqualTo(new Exact(word));
    }

    @Property
    void anyTextIsAPattern(@ForAll String pattern, @ForAll String candidate) {
        StringMatch match = StringMatch.of(pattern);
        boolean expected = switch (match) {
            case Exact _ -> candidate.equals(pattern);
            case Prefix(String value) -> candidate.startsWith(value) && pattern.equals(value + "*");
            case Suffix(String value) -> candidate.endsWith(value) && pattern.equals("*" + value);
            case Presence() -> !candidate.isEmpty();
        };

        assertThat(match.matches(candidate)).isEqualTo(expected);
    }

    @Property
    void nameIsReadBackFromItsText(@ForAll("words") String namespace, @ForAll("words") String name) {
        var policy = new PolicyName(namespace, name);

        assertThat(PolicyName.parse(policy.toString())).contains(policy);
    }

    @Property
    void garbageIsNoNameAndNeverThrows(@ForAll("slashed") String text) {
        assertThat(PolicyName.parse(text).map(PolicyName::toString)).isIn(Optional.empty(), Optional.of(text));
    }

    @Provide
    Arbitrary<String> words() {
        return Arbitraries.strings().excludeChars('/', '*').ofMinLength(1).ofMaxLength(12);
    }

    @Provide
    Arbitrary<String> slashed() {
        return Arbitraries.strings().withChars("ab/*").ofMaxLength(8);
    }
}
