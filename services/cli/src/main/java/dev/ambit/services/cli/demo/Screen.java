package dev.ambit.services.cli.demo;

import java.io.PrintStream;

/** What the person at the terminal sees: numbered steps, indented lines, ticks and crosses. */
public final class Screen {
    private static final String RESET = "\u001b[0m";

    private final PrintStream out;
    private final boolean coloured;
    private int step;
    private int failed;

    public Screen(PrintStream out, boolean coloured) {
        this.out = out;
        this.coloured = coloured;
    }

    /** Colours when a person is looking and has not asked for none (no-color.org). */
    public static Screen ofTerminal(PrintStream out) {
        // The script looks whether standard output is a terminal: it is the one that knows before any pipe of its own.
        boolean terminal = "1".equals(System.getenv("AMBIT_TERMINAL"));
        return new Screen(out, terminal && System.getenv("NO_COLOR") == null);
    }

    /** Begins a step. */
    public void step(String title) {
        step++;
        out.println();
        out.println(paint("1", step + ". " + title));
        out.flush();
    }

    public void say(String text) {
        out.println("   " + text);
        out.flush();
    }

    /** A detail, such as a line out of a log. */
    public void quote(String text) {
        out.println("     " + paint("2", text));
        out.flush();
    }

    /** Shows whether what should hold does, and remembers if not. */
    public boolean check(boolean holds, String what) {
        if (!holds) {
            failed++;
        }
        out.println("   " + (holds ? paint("32", "✓") : paint("1;31", "✗")) + " " + what);
        out.flush();
        return holds;
    }

    public void fail(String what) {
        check(false, what);
    }

    public int failed() {
        return failed;
    }

    /** Emphasis for a name or figure within a line. */
    public String strong(Object text) {
        return paint("36", String.valueOf(text));
    }

    private String paint(String code, String text) {
        return coloured ? "\u001b[" + code + "m" + text + RESET : text;
    }
}
