package dev.ambit.adapters.telemetry.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LineConfiguratorTest {
    private final LoggerContext logging = new LoggerContext();

    @Test
    void linesGoToOneAppenderAndLibrariesAreQuiet() {
        assertThat(new LineConfigurator(Map.of()).configure(logging))
                .isEqualTo(ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);

        Logger root = logging.getLogger(Logger.ROOT_LOGGER_NAME);
        assertThat(root.getLevel()).isEqualTo(Level.INFO);
        assertThat(root.getAppender("stdout")).isInstanceOf(LineAppender.class);
        assertThat(root.getAppender("stdout").isStarted()).isTrue();
        assertThat(logging.getLogger("io.grpc.netty").isInfoEnabled()).isFalse();
        assertThat(logging.getLogger("dev.ambit").isInfoEnabled()).isTrue();
    }

    @Test
    void theEnvironmentSetsTheLevel() {
        new LineConfigurator(Map.of("LOG_LEVEL", "debug")).configure(logging);
        assertThat(logging.getLogger("dev.ambit").isDebugEnabled()).isTrue();

        new LineConfigurator(Map.of("LOG_LEVEL", "loud")).configure(logging);
        assertThat(logging.getLogger("dev.ambit").getEffectiveLevel()).isEqualTo(Level.INFO);
    }
}
