package dev.ambit.adapters.netty.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.Revocations;
import dev.ambit.ports.credentials.TestPki;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.transport.TlsPolicy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TlsRecordsTest {
    private static final SpiffeId IDENTITY = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final int RECORD_OVERHEAD = 22;

    private final TlsContexts contexts = new TlsContexts(Duration.ofSeconds(10), TlsPolicy.ISTIO, Revocations.none());
    private final Random random = new Random(17);
    private final EmbeddedChannel client = new EmbeddedChannel();
    private final EmbeddedChannel server = new EmbeddedChannel();

    @BeforeEach
    void shakeHands() throws SSLException {
        WorkloadCertificate certificate = new TestPki().issue(IDENTITY);
        contexts.accept(server.pipeline(), certificate);
        client.pipeline().addLast(contexts.client(certificate, Set.of(IDENTITY), UnpooledByteBufAllocator.DEFAULT));
        for (int i = 0; i < 10; i++) {
            carry(client, server, Integer.MAX_VALUE);
            carry(server, client, Integer.MAX_VALUE);
        }
        TlsRecords.takeOver(client.pipeline());
        TlsRecords.takeOver(server.pipeline());
    }

    @AfterEach
    void end() {
        client.finishAndReleaseAll();
        server.finishAndReleaseAll();
    }

    @Test
    void takesThePlaceOfTheHandlerThatShookHands() {
        assertThat(client.pipeline().get(SslHandler.class)).isNull();
        assertThat(server.pipeline().get(TlsRecords.class)).isNotNull();
    }

    @Test
    void carriesEverySizeHoweverTheWireCutsIt() {
        for (int size : new int[] {1, 100, 8191, 8192, 8193, 16_384, 16_385, 131_065, 400_000}) {
            for (int cut : new int[] {7_001, 16_405, 130_048, Integer.MAX_VALUE}) {
                byte[] message = bytes(size);
                write(client, message);
                client.flush();
                assertThat(carry(client, server, cut))
                        .as("%d bytes cut at %d", size, cut)
                        .isEqualTo(message);
                write(server, message);
                server.flush();
                assertThat(carry(server, client, cut)).as("%d bytes back", size).isEqualTo(message);
            }
        }
    }

    @Test
    void smallWritesOfOneTurnShareARecord() {
        byte[] message = bytes(30 * 100);
        for (int i = 0; i < 30; i++) {
            client.write(Unpooled.copiedBuffer(message, i * 100, 100), client.voidPromise());
        }
        client.flush();
        ByteBuf sealed = client.readOutbound();
        assertThat(sealed.readableBytes()).isEqualTo(message.length + RECORD_OVERHEAD);
        server.writeInbound(sealed);
        assertThat(received(server)).isEqualTo(message);
    }

    @Test
    void smallAndLargeStayInOrder() {
        byte[] message = bytes(60_000);
        int at = 0;
        for (int size : new int[] {9, 40_000, 9, 10, 8_000, 8_100, 3_872}) {
            client.write(Unpooled.copiedBuffer(message, at, size), client.voidPromise());
            at += size;
        }
        client.flush();
        assertThat(at).isEqualTo(message.length);
        assertThat(carry(client, server, 5_000)).isEqualTo(message);
    }

    @Test
    void closingSaysSoAfterWhatWasWrittenAndTheOtherEndClosesToo() {
        write(client, bytes(50));
        client.close();
        assertThat(carry(client, server, Integer.MAX_VALUE)).hasSize(50);
        assertThat(server.isOpen()).isFalse();
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void aRecordThatWasTouchedEndsTheConnectionWithAnAlert() {
        write(client, bytes(5_000));
        client.flush();
        ByteBuf sealed = client.readOutbound();
        sealed.setByte(2_000, sealed.getByte(2_000) ^ 1);
        assertThatThrownBy(() -> server.writeInbound(sealed)).isInstanceOf(SSLException.class);
        assertThat(server.isOpen()).isFalse();
        assertThatThrownBy(() -> carry(server, client, Integer.MAX_VALUE))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("ALERT_BAD_RECORD_MAC");
    }

    private byte[] bytes(int size) {
        var bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void write(EmbeddedChannel from, byte[] message) {
        from.write(Unpooled.copiedBuffer(message), from.voidPromise());
    }

    /** What one end has sent, in pieces of a size; and what the other made of it. */
    private static byte[] carry(EmbeddedChannel from, EmbeddedChannel to, int cut) {
        ByteBuf wire = Unpooled.directBuffer();
        for (ByteBuf sent = from.readOutbound(); sent != null; sent = from.readOutbound()) {
            wire.writeBytes(sent);
            sent.release();
        }
        while (wire.isReadable()) {
            to.writeInbound(wire.readBytes(Math.min(cut, wire.readableBytes())));
        }
        wire.release();
        return received(to);
    }

    private static byte[] received(EmbeddedChannel at) {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf piece = at.readInbound(); piece != null; piece = at.readInbound()) {
            all.writeBytes(piece);
            piece.release();
        }
        var bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }
}
