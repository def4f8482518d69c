using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;

namespace MLNet.Sequence.Tests.Onnx;

/// <summary>The warnings of ONNX Runtime. It has one log per process, which must be set before its first use.</summary>
internal static class OnnxLog
{
    private static readonly ConcurrentQueue<string> Warnings = new();

    // Kept alive because native code may call it.
    private static readonly DOrtLoggingFunction Log = (_, severity, _, _, location, message) =>
    {
        if (severity >= OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING)
            Warnings.Enqueue($"{location}: {message}");
    };

    /// <summary>Fails if ONNX Runtime logs a warning.</summary>
    public static T Quietly<T>(Func<T> open)
    {
        lock (Log)
        {
            Listen();
            Warnings.Clear();
            T opened = open();
            Assert.IsEmpty(Warnings, string.Join(Environment.NewLine, Warnings));
            return opened;
        }
    }

    /// <summary>Runs an action that may cause warnings, while no other test checks that there are none.</summary>
    public static void Aside(Action run)
    {
        lock (Log)
        {
            Listen();
            run();
        }
    }

    /// <summary>Makes ONNX Runtime write to this log, unless it was used before.</summary>
    public static void Listen()
    {
        if (OrtEnv.IsCreated)
            return;
        var options = new EnvironmentCreationOptions
        {
            logId = "tests",
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
            loggingFunction = Log,
            loggingParam = IntPtr.Zero
        };
        OrtEnv.CreateInstanceWithOptions(ref options);
    }
}
