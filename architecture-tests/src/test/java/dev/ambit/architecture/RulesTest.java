package dev.ambit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule, on the product. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class RulesTest {
    private final Repository repository = Repository.here();
    private Code product = Code.ofSoundFixture();

    static List<Rule> rules() {
        return Rule.all();
    }

    @BeforeAll
    void readTheProduct() {
        product = Code.ofProduct(repository);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void holds(Rule rule) {
        rule.on().apply(product).check(product.main());
    }

    /** Or else the class folders of modules that come later would be missing or stale. */
    @Test
    void architectureTestsComeLastInTheReactor() {
        assertThat(repository.modules()).last().isEqualTo("architecture-tests");
    }
}
