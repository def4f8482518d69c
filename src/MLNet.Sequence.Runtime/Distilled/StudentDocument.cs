using System.Text.Json;
using System.Text.Json.Serialization;

namespace MLNet.Sequence.Distilled;

/// <summary>The description in a student's file.</summary>
internal sealed record StudentDocument(int Format, ParallelWaveNet Student, NextStep Task, ChannelScaling Scaling, DistillationReport Report);

/// <summary>Reads and writes it without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StudentDocument))]
internal sealed partial class StudentJson : JsonSerializerContext;
