#pragma warning disable RS0030 // What a person asked to see, and how long they will wait, is all that a library may print.
namespace MLNet.Sequence.Reports;

/// <summary>The console, for what is meant for the person in front of it.</summary>
internal static class Screen
{
    /// <summary>Where a line that changes can be seen; null if the output goes into a file, to another program, or to a notebook.</summary>
    public static TextWriter? Live => Console.IsOutputRedirected || Console.IsErrorRedirected || !Environment.UserInteractive ? null : Console.Error;

    public static void Write(string line) => Console.WriteLine(line);
}
