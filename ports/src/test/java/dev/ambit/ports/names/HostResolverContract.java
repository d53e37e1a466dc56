package dev.ambit.ports.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.address.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link HostResolver} promises, before a name server on loopback. */
@Timeout(60)
public abstract class HostResolverContract {
    private NameServer server;
    private HostResolver resolver;

    /** The adapter under test, which asks this server and nobody else, and gives up after two seconds or less. */
    protected abstract HostResolver resolver(InetSocketAddress server);

    @BeforeEach
    void begin() throws IOException {
        server = NameServer.start();
        resolver = resolver(server.address());
    }

    @AfterEach
    void end() {
        resolver.close();
        server.close();
    }

    private List<IpAddress> addresses(String hostname) throws Exception {
        return resolver.addresses(hostname).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private void assertFails(CompletionStage<List<IpAddress>> lookup) {
        assertThatThrownBy(() -> lookup.toCompletableFuture().get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(HostResolverException.class)
                .message()
                .isNotEmpty()
                .doesNotContain("\n");
    }

    @Test
    void bothFamiliesCount() throws Exception {
        server.knows("dual.example.com", 60, "192.0.2.1", "192.0.2.2", "2001:db8::1");

        assertThat(addresses("dual.example.com"))
                .containsExactlyInAnyOrder(
                        IpAddress.of("192.0.2.1"), IpAddress.of("192.0.2.2"), IpAddress.of("2001:db8::1"));
    }

    @Test
    void oneFamilyIsEnough() throws Exception {
        server.knows("four.example.com", 60, "192.0.2.1");
        server.knows("six.example.com", 60, "2001:db8::1");

        assertThat(addresses("four.example.com")).containsExactly(IpAddress.of("192.0.2.1"));
        assertThat(addresses("six.example.com")).containsExactly(IpAddress.of("2001:db8::1"));
    }

    @Test
    void anAnswerIsRememberedAsLongAsItSays() throws Exception {
        server.knows("cached.example.com", 600, "192.0.2.1");
        addresses("cached.example.com");
        int asked = server.questions();
        server.knows("cached.example.com", 600, "192.0.2.9");

        assertThat(addresses("cached.example.com")).containsExactly(IpAddress.of("192.0.2.1"));
        assertThat(server.questions()).isEqualTo(asked);
    }

    @Test
    void anAnswerThatIsForNowIsNotRemembered() throws Exception {
        server.knows("now.example.com", 0, "192.0.2.1");
        addresses("now.example.com");
        server.knows("now.example.com", 0, "192.0.2.9");

        assertThat(addresses("now.example.com")).containsExactly(IpAddress.of("192.0.2.9"));
    }

    /** One more name than any bound would be pushed out; the first ones just have to be asked for again. */
    @Test
    void manyNamesAreNoTrouble() throws Exception {
        for (int i = 0; i < 50; i++) {
            server.knows("n" + i + ".example.com", 600, "192.0.2." + i);
        }
        var lookups = new ArrayList<CompletionStage<List<IpAddress>>>();
        for (int i = 0; i < 50; i++) {
            lookups.add(resolver.addresses("n" + i + ".example.com"));
        }

        for (int i = 0; i < 50; i++) {
            assertThat(lookups.get(i).toCompletableFuture().get(20, TimeUnit.SECONDS))
                    .containsExactly(IpAddress.of("192.0.2." + i));
        }
    }

    @Test
    void anAddressStandsForItself() throws Exception {
        assertThat(addresses("192.0.2.7")).containsExactly(IpAddress.of("192.0.2.7"));
        assertThat(addresses("2001:db8::7")).containsExactly(IpAddress.of("2001:db8::7"));
        assertThat(server.questions()).isZero();
    }

    @Test
    void noSuchName() {
        assertFails(resolver.addresses("nobody.example.com"));
    }

    @Test
    void aNameWithoutAnAddress() {
        server.knows("empty.example.com", 60);

        assertFails(resolver.addresses("empty.example.com"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a..b", "a b.example.com", "-.\u0000", "."})
    void whatIsNoHostNameIsNotLookedUp(String text) {
        assertFails(resolver.addresses(text));

        assertThat(server.questions()).isZero();
    }

    @Test
    void aNameThatIsTooLongIsNotLookedUp() {
        assertFails(resolver.addresses("a".repeat(64) + ".example.com"));
        assertFails(resolver.addresses("a.".repeat(127) + "com"));
        assertThat(server.questions()).isZero();
    }

    @Test
    void aSilentServerIsGivenUp() {
        server.fallSilent();

        assertFails(resolver.addresses("late.example.com"));
    }

    @Test
    void closingEndsWhatIsUnderWay() {
        server.fallSilent();
        CompletionStage<List<IpAddress>> lookup = resolver.addresses("late.example.com");

        resolver.close();

        assertFails(lookup);
        assertFails(resolver.addresses("after.example.com"));
    }
}
