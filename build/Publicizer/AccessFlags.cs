using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace MLNet.Sequence.Publicizer;

/// <summary>Rewrites the accessibility bits in an assembly's metadata tables, in place: no row moves, no byte is added.</summary>
internal static class AccessFlags
{
    // Polyfills and compiler-generated types stay internal: as public types they would clash with the framework's own.
    private const string Published = "Microsoft.ML";

    // Columns before Flags in a row (ECMA-335 II.22): MethodDef has RVA (4 bytes) and ImplFlags (2).
    private const int FlagsOfMethod = 6;

    public static void MakePublic(byte[] image)
    {
        using var pe = new PEReader(ImmutableArray.Create(image));
        MetadataReader metadata = pe.GetMetadataReader();
        int tables = pe.PEHeaders.MetadataStartOffset;

        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            TypeDefinition type = metadata.GetTypeDefinition(handle);
            if (!IsPublished(metadata, type))
                continue;

            int row = tables + RowOffset(metadata, TableIndex.TypeDef, MetadataTokens.GetRowNumber(handle));
            BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(row), (int)Widened(type.Attributes));
            foreach (MethodDefinitionHandle method in type.GetMethods())
            {
                row = tables + RowOffset(metadata, TableIndex.MethodDef, MetadataTokens.GetRowNumber(method));
                int flags = Widened((int)metadata.GetMethodDefinition(method).Attributes);
                BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(row + FlagsOfMethod), (ushort)flags);
            }

            foreach (FieldDefinitionHandle field in type.GetFields())
            {
                row = tables + RowOffset(metadata, TableIndex.Field, MetadataTokens.GetRowNumber(field));
                int flags = Widened((int)metadata.GetFieldDefinition(field).Attributes);
                BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(row), (ushort)flags);
            }
        }
    }

    private static bool IsPublished(MetadataReader metadata, TypeDefinition type)
    {
        while (!type.GetDeclaringType().IsNil)
            type = metadata.GetTypeDefinition(type.GetDeclaringType());
        return metadata.GetString(type.Namespace).StartsWith(Published, StringComparison.Ordinal);
    }

    private static int RowOffset(MetadataReader metadata, TableIndex table, int row) =>
        metadata.GetTableMetadataOffset(table) + (row - 1) * metadata.GetTableRowSize(table);

    private static TypeAttributes Widened(TypeAttributes flags)
    {
        TypeAttributes visibility = (flags & TypeAttributes.VisibilityMask) switch
        {
            TypeAttributes.NotPublic => TypeAttributes.Public,
            TypeAttributes.NestedAssembly => TypeAttributes.NestedPublic,
            TypeAttributes.NestedFamANDAssem => TypeAttributes.NestedFamily,
            TypeAttributes same => same,
        };
        return flags & ~TypeAttributes.VisibilityMask | visibility;
    }

    // MethodAttributes and FieldAttributes share the values of their access masks (ECMA-335 II.23.1.5 and .10).
    // FamORAssem stays: an override in another assembly is `protected` either way.
    private static int Widened(int flags)
    {
        const int mask = (int)MethodAttributes.MemberAccessMask;
        MethodAttributes access = (MethodAttributes)(flags & mask) switch
        {
            MethodAttributes.Assembly => MethodAttributes.Public,
            MethodAttributes.FamANDAssem => MethodAttributes.Family,
            MethodAttributes same => same,
        };
        return flags & ~mask | (int)access;
    }
}
