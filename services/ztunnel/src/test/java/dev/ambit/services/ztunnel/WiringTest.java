package dev.ambit.services.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.linux.zds.ZdsPodFeed;
import dev.ambit.adapters.netty.NettyTransport;
import dev.ambit.adapters.xds.ca.XdsCertificateSource;
import dev.ambit.adapters.xds.discovery.XdsMeshDiscovery;
import dev.ambit.ports.credentials.CertificateSource;
import dev.ambit.ports.discovery.MeshDiscovery;
import dev.ambit.ports.podnetwork.PodFeed;
import dev.ambit.ports.transport.Transport;
import dev.ambit.services.ztunnel.pod.ServedPods;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import io.micronaut.context.event.BeanPreDestroyEvent;
import io.micronaut.context.event.BeanPreDestroyEventListener;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole service but its servers; control plane and node agent are away. */
@Timeout(60)
class WiringTest {
    private static final List<String> DESTROYED = new CopyOnWriteArrayList<>();

    @TempDir
    private Path folder;

    /** Notes that the application begins to stop. */
    @Singleton
    static final class StartupEnds implements BeanPreDestroyEventListener<Startup> {
        @Override
        public Startup onPreDestroy(BeanPreDestroyEvent<Startup> event) {
            DESTROYED.add("startup");
            return event.getBean();
        }
    }

    /** Notes that the transport is about to close. */
    @Singleton
    static final class TransportEnds implements BeanPreDestroyEventListener<Transport> {
        @Override
        public Transport onPreDestroy(BeanPreDestroyEvent<Transport> event) {
            DESTROYED.add("transport");
            return event.getBean();
        }
    }

    /** Notes that nothing can be scheduled from now on. */
    @Singleton
    static final class ChoresEnd implements BeanPreDestroyEventListener<ScheduledExecutorService> {
        @Override
        public ScheduledExecutorService onPreDestroy(BeanPreDestroyEvent<ScheduledExecutorService> event) {
            DESTROYED.add("chores");
            return event.getBean();
        }
    }

    @Test
    void theConfigurationPicksItsAdaptersAndTheyStopInOrder() {
        Map<String, Object> environment = Map.of(
                "NODE_NAME",
                "n1",
                "TRANSPORT",
                "netty",
                "INPOD_UDS",
                folder.resolve("ztunnel.sock").toString(),
                "XDS_ADDRESS",
                "https://127.0.0.1:1",
                "CA_ADDRESS",
                "https://127.0.0.1:1",
                "XDS_ROOT_CA",
                folder.resolve("root.pem").toString(),
                "CA_ROOT_CA",
                folder.resolve("root.pem").toString(),
                "AUTH_TOKEN",
                folder.resolve("token").toString());
        DESTROYED.clear();
        try (var context = ApplicationContext.builder()
                .propertySources(PropertySource.of(
                        "variables",
                        environment,
                        PropertyConvention.ENVIRONMENT_VARIABLE,
                        PropertySource.Origin.of("test")))
                .start()) {
            assertThat(context.getBean(Transport.class)).isInstanceOf(NettyTransport.class);
            assertThat(context.getBean(MeshDiscovery.class)).isInstanceOf(XdsMeshDiscovery.class);
            assertThat(context.getBean(CertificateSource.class)).isInstanceOf(XdsCertificateSource.class);
            assertThat(context.getBean(PodFeed.class)).isInstanceOf(ZdsPodFeed.class);
            assertThat(context.getBean(ServedPods.class).isReady()).isFalse();
        }

        assertThat(DESTROYED)
                .as("connections drain before their transport closes")
                .startsWith("startup");
        assertThat(DESTROYED).contains("transport", "chores");
    }
}
