using System.Diagnostics;
using System.Runtime.InteropServices;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence;

/// <summary>Shows what was found: as a page of HTML with charts, in a file, or in the browser.</summary>
public static class ReportDisplay
{
    extension(IReport report)
    {
        /// <summary>A page of HTML with tables and curves, in the invariant culture. It loads nothing from anywhere.</summary>
        /// <param name="title">The title, for example the name of the data; null, the default: what the report is about.</param>
        public string ToHtml(string? title = null)
        {
            ArgumentNullException.ThrowIfNull(report);
            return ReportPage.Page(report, title);
        }

        /// <summary>Writes the page to a temporary file and opens it in the browser. Prints the file's path where there is no browser.</summary>
        /// <param name="title">The title, for example the name of the data; null, the default: what the report is about.</param>
        /// <returns>The path of the file; nothing deletes it.</returns>
        /// <exception cref="IOException">The file cannot be written.</exception>
        public string Show(string? title = null)
        {
            ArgumentNullException.ThrowIfNull(report);
            return Show(report, title, Open);
        }
    }

    /// <param name="report">What is shown.</param>
    /// <param name="title">The title; null: the report's own.</param>
    /// <param name="open">Opens a file in the browser; false where there is none.</param>
    internal static string Show(IReport report, string? title, Func<string, bool> open)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("mlnet-sequence-").FullName, "report.html");
        File.WriteAllText(path, report.ToHtml(title));
        if (!open(path))
            Screen.Write(path);
        return path;
    }

    // A process without a screen has no browser, even if one is installed.
    private static bool Open(string path)
    {
        bool hasScreen = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()
            || Environment.GetEnvironmentVariable("DISPLAY") is { Length: > 0 } || Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is { Length: > 0 };
        if (!hasScreen || !Environment.UserInteractive)
            return false;
        try
        {
            using Process? browser = Process.Start(new ProcessStartInfo(path) { UseShellExecute = true });
            return true;
        }
        catch (Exception missing) when (missing is ExternalException or PlatformNotSupportedException)
        {
            return false;
        }
    }
}
