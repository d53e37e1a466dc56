package dev.ambit.services.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.adapters.k8s.waypoint.WaypointOptions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaypointConfigTest {
    private static final MeshConfig MESH = new MeshConfig("cluster.local", "Kubernetes", "cluster.local", "", "mesh");

    private static WaypointConfig config(String revision, String image, String controlPlane, String cpu) {
        return new WaypointConfig(true, revision, image, "", List.of(""), controlPlane, cpu, "128Mi", "2", "1.5Gi");
    }

    @ParameterizedTest(name = "revision {0}, address {1}: {2}")
    @CsvSource({
        "'','',istiod.mesh.svc:15012",
        "default,'',istiod.mesh.svc:15012",
        "1-31,'',istiod-1-31.mesh.svc:15012",
        "1-31,cp.example:443,cp.example:443",
        "'',10.0.0.1:65535,10.0.0.1:65535",
        "'',[fd00::1]:15012,[fd00::1]:15012",
    })
    void waypointsFindTheControlPlaneOfTheirRevision(String revision, String address, String found) {
        WaypointOptions options = config(revision, "x", address, "100m").options(MESH);

        assertThat(options.controlPlane()).isEqualTo(found);
        assertThat(options.revision()).isEqualTo(revision.isEmpty() ? "default" : revision);
        assertThat(options.image().pullSecrets()).isEmpty();
    }

    @ParameterizedTest(name = "{4}")
    @CsvSource({
        "A_B,x,'',1,REVISION is 'A_B'",
        "'','','',1,WAYPOINT_IMAGE is ''",
        "'',x,cp,1,WAYPOINT_CONTROL_PLANE is 'cp'",
        "'',x,cp:0,1,WAYPOINT_CONTROL_PLANE is 'cp:0'",
        "'',x,cp:65536,1,WAYPOINT_CONTROL_PLANE is 'cp:65536'",
        "'',x,cp:99999,1,WAYPOINT_CONTROL_PLANE is 'cp:99999'",
        "'',x,fd00::1:15012,1,WAYPOINT_CONTROL_PLANE is 'fd00::1:15012'",
        "'',x,https://cp:15012,1,WAYPOINT_CONTROL_PLANE is 'https://cp:15012'",
        "'',x,'',much,WAYPOINT_CPU_REQUEST is 'much'",
        "'',x,'',-1,WAYPOINT_CPU_REQUEST is '-1'",
    })
    void valuesThatCannotBeMeantStopTheProcess(String revision, String image, String address, String cpu, String why) {
        assertThatThrownBy(() -> config(revision, image, address, cpu))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(why);
    }

    @Test
    void quantitiesMayBeLeftOut() {
        assertThat(config("", "x", "", "").options(MESH).resources().cpuRequest())
                .isEmpty();
    }
}
