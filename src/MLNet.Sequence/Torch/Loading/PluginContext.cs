using System.Runtime.Loader;
using TorchSharp;

namespace MLNet.Sequence.Torch;

/// <summary>Whether TorchSharp is in a load context of its own, as in a plug-in, where native libraries are looked up by the host's code.</summary>
internal static class PluginContext
{
    private static readonly AssemblyLoadContext? Own = AssemblyLoadContext.GetLoadContext(typeof(torch).Assembly);

    public static bool IsPlugin => Own is not null && Own != AssemblyLoadContext.Default;

    /// <summary>What to do about a library that does not load there, a sentence after others; empty elsewhere.</summary>
    public static string Advice => !IsPlugin
        ? ""
        : $" TorchSharp is in the load context '{Own!.Name ?? Own.GetType().Name}' ({Own.GetType().FullName}), which looks native libraries up itself. "
            + "Have its LoadUnmanagedDll return IntPtr.Zero for LibTorchSharp, so that the library that is loaded serves, or load TorchSharp and "
            + "MLNet.Sequence into AssemblyLoadContext.Default, where the host and its plug-ins share them.";
}
