package dev.ambit.services.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.linux.zds.ZdsPodFeed;
import dev.ambit.adapters.netty.NettyTransport;
import dev.ambit.adapters.xds.ca.XdsCertificateSource;
import dev.ambit.adapters.xds.discovery.XdsMeshDiscovery;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.credentials.CertificateSource;
import dev.ambit.ports.podnetwork.PodFeed;
import dev.ambit.ports.transport.Transport;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import dev.ambit.services.ztunnel.mesh.MeshSources;
import dev.ambit.services.ztunnel.pod.ServedPods;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import io.micronaut.context.event.BeanPreDestroyEvent;
import io.micronaut.context.event.BeanPreDestroyEventListener;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
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
            assertThat(context.getBean(MeshSources.class).discovery()).containsInstanceOf(XdsMeshDiscovery.class);
            assertThat(context.getBean(CertificateSource.class)).isInstanceOf(XdsCertificateSource.class);
            assertThat(context.getBean(PodFeed.class)).isInstanceOf(ZdsPodFeed.class);
            assertThat(context.getBean(ServedPods.class).isReady()).isFalse();
        }

        assertThat(DESTROYED)
                .as("connections drain before their transport closes")
                .startsWith("startup");
        assertThat(DESTROYED).contains("transport", "chores");
    }

    @Test
    void withoutAControlPlaneTheOperatorsPictureIsAllThereIs() throws IOException {
        Path file = Files.writeString(folder.resolve("mesh.yaml"), """
                workloads:
                - uid: cluster1//v1/Pod/shop/cart-0
                  name: cart-0
                  namespace: shop
                  trustDomain: cluster.local
                  serviceAccount: cart
                  workloadIps: ["10.0.0.1"]
                  protocol: HBONE
                  node: n1
                  services: {}
                """);
        Map<String, Object> environment = Map.of(
                "NODE_NAME", "n1",
                "XDS_ADDRESS", "",
                "LOCAL_XDS_PATH", file.toString(),
                "CA_ADDRESS", "https://127.0.0.1:1",
                "INPOD_UDS", folder.resolve("ztunnel.sock").toString(),
                "CA_ROOT_CA", folder.resolve("root.pem").toString(),
                "AUTH_TOKEN", folder.resolve("token").toString());
        try (var context = ApplicationContext.builder()
                .propertySources(PropertySource.of(
                        "variables",
                        environment,
                        PropertyConvention.ENVIRONMENT_VARIABLE,
                        PropertySource.Origin.of("test")))
                .start()) {
            CurrentMesh mesh = context.getBean(CurrentMesh.class);

            assertThat(context.getBean(MeshSources.class).discovery()).isEmpty();
            assertThat(mesh.isSynced()).as("state manager is ready").isTrue();
            assertThat(mesh.view().workloadOf(new PodRef("u", "shop", "cart-0", "cart")))
                    .isPresent();
        }
    }
}
