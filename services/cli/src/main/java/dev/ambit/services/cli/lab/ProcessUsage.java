package dev.ambit.services.cli.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What processes have used so far, from /proc.
 *
 * @param cpuSeconds user and system time of all of them together
 * @param rssMiB resident memory of the largest
 */
public record ProcessUsage(double cpuSeconds, double rssMiB) {
    /** USER_HZ of every Linux that Java runs on; sysconf would say the same. */
    private static final double TICKS_PER_SECOND = 100;

    public static ProcessUsage of(List<Long> pids) {
        double cpu = 0;
        double rss = 0;
        for (long pid : pids) {
            try {
                String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                cpu += (Double.parseDouble(fields[11]) + Double.parseDouble(fields[12])) / TICKS_PER_SECOND;
                rss = Math.max(rss, residentMiB(pid));
            } catch (IOException e) {
                throw new UncheckedIOException("process " + pid + " is gone", e);
            }
        }
        return new ProcessUsage(cpu, rss);
    }

    private static double residentMiB(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElse(0);
    }
}
