using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>Makes the MLContext of a command; what the library warns of is shown.</summary>
internal static class Host
{
    public static MLContext Create(Terminal terminal, TrainingPlan plan)
    {
        var ml = new MLContext(plan.Seed) { GpuDeviceId = plan.Gpu, FallbackToCpu = false };
        ml.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Warning)
                terminal.Error.WriteLine($"Warning: {message.RawMessage}");
        };
        return ml;
    }
}
