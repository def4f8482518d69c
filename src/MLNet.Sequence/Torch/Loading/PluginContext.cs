using System.Runtime.Loader;
using TorchSharp;

namespace MLNet.Sequence.Torch;

/// <summary>Whether TorchSharp is in its own load context, as in a plug-in, where the host's code looks up native libraries.</summary>
internal static class PluginContext
{
    private static readonly AssemblyLoadContext? Own = AssemblyLoadContext.GetLoadContext(typeof(torch).Assembly);

    public static bool IsPlugin => Own is not null && Own != AssemblyLoadContext.Default;

    /// <summary>Advice for a library that does not load there, to add to a message; empty elsewhere.</summary>
    public static string Advice => !IsPlugin
        ? ""
        : $" TorchSharp is in the load context '{Own!.Name ?? Own.GetType().Name}' ({Own.GetType().FullName}), which looks native libraries up itself. "
            + "Let its LoadUnmanagedDll return IntPtr.Zero for LibTorchSharp, so that the loaded library is used, or load TorchSharp and "
            + "MLNet.Sequence into AssemblyLoadContext.Default, where the host and its plug-ins share them.";
}
