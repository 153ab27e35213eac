/** The design tokens by name; their values, light and dark, are in web/styles/app.css. */
module.exports = {
  content: ["./web/templates/**/*.templ"],
  theme: {
    extend: {
      colors: {
        surface: "var(--surface)",
        raised: "var(--raised)",
        sunken: "var(--sunken)",
        ink: "var(--ink)",
        muted: "var(--muted)",
        line: "var(--line)",
        edge: "var(--edge)",
        accent: "var(--accent)",
        "on-accent": "var(--on-accent)",
        tint: "var(--tint)",
        good: "var(--good)",
        warn: "var(--warn)",
        bad: "var(--bad)",
      },
      fontSize: {
        sm: ["0.875rem", { lineHeight: "1.5" }],
        base: ["1rem", { lineHeight: "1.5" }],
        lg: ["1.25rem", { lineHeight: "1.2" }],
        xl: ["1.75rem", { lineHeight: "1.2" }],
      },
      borderRadius: { art: "4px", control: "8px", card: "12px" },
      boxShadow: { lift: "var(--shadow)" },
      maxWidth: { talk: "47.5rem", measure: "68ch" },
      screens: { wide: "48rem" },
    },
  },
};
