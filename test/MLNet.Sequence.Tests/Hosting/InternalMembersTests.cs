using System.Reflection;

namespace MLNet.Sequence.Tests.Hosting;

[TestClass]
public sealed class InternalMembersTests
{
    private const string Room = "Hosting";

    private static readonly SourceRooms Rooms = new("MLNet.Sequence");

    private static readonly ILookup<bool, string> Uses = AssemblyReferences.Of(typeof(SequenceTransformer).Assembly)
        .Where(reference => IsInternalOfMlNet(reference.Used))
        .ToLookup(
            reference => Rooms.Of(reference.User) == Room,
            reference => $"{reference.User} uses {reference.Used.DeclaringType}.{reference.Used.Name}");

    [TestMethod]
    public void Only_the_hosting_room_names_internal_members_of_MLNet() =>
        Assert.AreEqual("", string.Join(Environment.NewLine, Uses[false].Distinct()));

    [TestMethod]
    public void The_hosting_room_is_seen_to_name_internal_members()
    {
        string[] found = [.. Uses[true]];

        // One of each kind, so that a scan that finds nothing cannot pass: a call, a constructor, a signature, a type test.
        CollectionAssert.Contains(found, $"MLNet.Sequence.{Room}.SavedParts uses Microsoft.ML.ModelSaveContext.SaveBinaryStream");
        CollectionAssert.Contains(found, $"MLNet.Sequence.{Room}.SchemaShapes uses Microsoft.ML.SchemaShape+Column..ctor");
        CollectionAssert.Contains(found, $"MLNet.Sequence.{Room}.ModelLoader uses .ModelLoadContext");
        CollectionAssert.Contains(found, $"MLNet.Sequence.{Room}.SequenceHost uses .ICancelable");
    }

    private static bool IsInternalOfMlNet(MemberInfo used) =>
        used.Module.Assembly.GetName().Name!.StartsWith("Microsoft.ML", StringComparison.Ordinal) && used switch
        {
            Type type => !type.IsVisible,
            FieldInfo field => !(field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) || IsInternal(field.DeclaringType!),
            MethodBase method => !(method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) || IsInternal(method.DeclaringType!),
            _ => throw new NotSupportedException(used.ToString()),
        };

    // The definition's own visibility: a public generic of ML.NET over one of our internal types is allowed.
    private static bool IsInternal(Type type) => !(type.IsGenericType ? type.GetGenericTypeDefinition() : type).IsVisible;
}
