using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace MLNet.Sequence.Samples.Studio;

/// <summary>
/// Lets requests pass that know the key, and that name this computer as their host: a page of another site whose name is rebound to
/// 127.0.0.1 has neither.
/// </summary>
internal sealed class StudioGuard
{
    private const int KeyBytes = 24;

    // Only the page's own scripts, styles and data; a report has its style inside.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; "
        + "form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

    private static readonly string[] Hosts = ["127.0.0.1", "localhost", "[::1]"];

    /// <summary>The key, the first part of each address.</summary>
    public string Key { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));

    public async Task Pass(HttpContext context, RequestDelegate next)
    {
        HttpRequest request = context.Request;
        if (!Hosts.Contains(request.Host.Host, StringComparer.OrdinalIgnoreCase) || !IsOwn(request))
        {
            await Refuse(context, StatusCodes.Status403Forbidden, "The studio answers only pages of this computer.");
            return;
        }

        string path = request.Path.Value ?? "";
        int end = path.IndexOf('/', Math.Min(1, path.Length));
        if (end < 0 || !Knows(path[1..end]))
        {
            await Refuse(context, StatusCodes.Status404NotFound, "Open the address that the studio printed: it holds the key.");
            return;
        }

        request.PathBase = path[..end];
        request.Path = path[end..];
        Close(context.Response.Headers);
        await next(context);
    }

    // A browser names the page that a request comes from, except for plain navigation.
    private static bool IsOwn(HttpRequest request) =>
        request.Headers.Origin.Count == 0 || request.Headers.Origin == $"http://{request.Host.Value}";

    private bool Knows(string given) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(Key));

    private static void Close(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    private static Task Refuse(HttpContext context, int code, string why)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(why);
    }
}
