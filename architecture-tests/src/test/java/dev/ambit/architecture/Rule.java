package dev.ambit.architecture;

import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A rule over the product's code, or over the fixture that breaks it: the same object runs on both.
 *
 * @param name also the name, in lower case, of its package below {@code fixtures.broken}
 */
record Rule(String name, Function<Code, ArchRule> on) {

    /** Every rule there is. Whatever is listed here is checked on the product and must have a broken fixture. */
    static List<Rule> all() {
        return Stream.of(LayerRules.ALL, LibraryRules.ALL, TypeRules.ALL, CodingRules.ALL, ContractRules.ALL)
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public String toString() {
        return name;
    }
}
