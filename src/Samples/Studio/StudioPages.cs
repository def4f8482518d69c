using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace MLNet.Sequence.Samples.Studio;

/// <summary>The pages, which are resources of the program.</summary>
internal static class StudioPages
{
    private const string Prefix = "studio/";

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    public static IResult Get(string name) => Types.TryGetValue(Path.GetExtension(name), out string? type) && Open(name) is { } stream
        ? Results.Stream(stream, type)
        : Results.NotFound();

    private static Stream? Open(string name) => Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + name);
}
