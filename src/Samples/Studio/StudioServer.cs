using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MLNet.Sequence.Samples.Studio.Runs;

namespace MLNet.Sequence.Samples.Studio;

/// <summary>The web server of the studio, on this computer's own address alone.</summary>
internal sealed class StudioServer : IDisposable
{
    private const long LargestFile = 1L << 30;

    private readonly WebApplication _app;
    private readonly StudioRuns _runs;

    private StudioServer(WebApplication app, StudioRuns runs, string address) => (_app, _runs, Address) = (app, runs, address);

    /// <summary>The address to open, with its key.</summary>
    public string Address { get; }

    /// <param name="folder">The folder of the user's files.</param>
    /// <param name="port">The port; 0: any free one.</param>
    /// <exception cref="UserError">The port is taken or needs rights that the user does not have, or another studio works in the folder.</exception>
    public static StudioServer Start(StudioFolder folder, int port)
    {
        // Empty: no setting of the surroundings can open another address.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.Limits.MaxRequestBodySize = LargestFile;
            kestrel.AddServerHeader = false;
        });
        builder.Services.AddRoutingCore();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            foreach (var converter in StudioJson.Options.Converters)
                json.SerializerOptions.Converters.Add(converter);
            json.SerializerOptions.DefaultIgnoreCondition = StudioJson.Options.DefaultIgnoreCondition;
        });
        var guard = new StudioGuard();
        var runs = new StudioRuns(folder);
        WebApplication app = builder.Build();
        app.Use(next => context => guard.Pass(context, next));
        app.Use(next => context => ToldErrors(context, next));
        app.UseRouting();
        new StudioRoutes(folder, runs).Map(app);
        app.UseEndpoints(_ => { });
        try
        {
            app.StartAsync().GetAwaiter().GetResult();
        }
        catch (Exception taken) when (taken is IOException or SocketException)
        {
            runs.Dispose();
            throw new UserError($"--port {port}: {taken.Message}", taken);
        }

        string own = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new StudioServer(app, runs, $"{own}/{guard.Key}/");
    }

    public void Dispose()
    {
        _runs.Dispose();
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        _app.StopAsync(soon.Token).GetAwaiter().GetResult();
        _app.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    // What the user can correct is an answer like any other.
    private static async Task ToldErrors(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (Cli.Mistake(exception) is { } message && !context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsJsonAsync(new { problem = StudioWords.Of(message) });
        }
    }
}
